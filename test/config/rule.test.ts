import { test } from "tap";
import { escapeKey, group, itIs } from "../../lib/config/rule.ts";

test("itIs() says what stands there, briefly", (t) => {
  const rows: [unknown, string][] = [
    [undefined, "it is missing"],
    [null, "it is null"],
    [-1, "it is -1"],
    [1n, "it is 1"],
    [true, "it is true"],
    ["", 'it is ""'],
    ['a"b\n', 'it is "a\\"b\\n"'],
    ["x".repeat(100), `it is "${"x".repeat(59)}…"`],
    [[], "it is an empty array"],
    [[1], "it is an array"],
    [{}, "it is an object"],
  ];
  for (const [value, expected] of rows) t.equal(itIs(value), expected);
  t.end();
});

test("escapeKey() makes any key a part of a JSON pointer", (t) => {
  const rows = { "net.ipv4": "net.ipv4", "a/b": "a~1b", "a~b": "a~0b", "~1": "~01", "": "" };
  for (const [key, expected] of Object.entries(rows)) t.equal(escapeKey(key), expected);
  t.end();
});

test("group() puts rules and the part they are for together", (t) => {
  const part = ({ a }: { a?: number }): number | undefined => a;
  const rules = [{ reads: [""], check: (): void => {} }];
  t.strictSame(group("/a", part, rules), { at: "/a", part, rules });
  t.end();
});
