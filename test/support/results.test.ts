import { test } from "tap";
import { resultsByFile } from "./results.ts";

const TAP = `TAP version 14
# Subtest: test/a.test.ts
    # Subtest: limits
        ok 1 - holds
        not ok 2 - one is two
          ---
          compare: ===
          ...
        ok 3 - elsewhere # SKIP no cgroup v2
        1..3
    not ok 1 - limits # time=96.6ms
    ok 2 - some day # TODO
    1..2
not ok 1 - test/a.test.ts # time=3254.0ms
# Subtest: test/b.test.ts
    ok 1 - fine
    1..1
not ok 2 - test/b.test.ts # time=86.8ms
  ---
  exitCode: 3
  ...
not ok 3 - timeout!
  ---
  expired: test/c.test.ts
  ...
`;

test("test points are counted by file, and each failure has its full name", async (t) => {
  t.strictSame(
    [...resultsByFile(TAP)],
    [
      ["test/a.test.ts", { pass: 1, skip: 2, failed: ["test/a.test.ts > limits > one is two"] }],
      ["test/b.test.ts", { pass: 1, skip: 0, failed: ["test/b.test.ts"] }],
      ["test/c.test.ts", { pass: 0, skip: 0, failed: ["test/c.test.ts > timeout"] }],
    ],
  );
});
