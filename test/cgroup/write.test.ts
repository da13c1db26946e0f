import { test } from "tap";
import { digits, isSet } from "../../lib/cgroup/write.ts";

test("digits() are those the kernel parses", async (t) => {
  const cases: [number, string][] = [
    [0, "0"],
    [-1, "-1"],
    [2 ** 53 - 1, "9007199254740991"],
    [2 ** 63 - 4096, "9223372036854771712"],
    [2 ** 63, "9223372036854775808"],
    [2 ** 64, "18446744073709551615"],
  ];
  for (const [value, text] of cases) t.equal(digits(value), text);
});

test("isSet() is not what engines send for a property they do not set", async (t) => {
  t.strictSame([undefined, 0, 1, -1].map(isSet), [false, false, true, true]);
});
