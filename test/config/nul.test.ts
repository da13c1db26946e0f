import { test } from "tap";
import { NO_NUL } from "../../lib/config/nul.ts";

function faults(document: unknown): string[] {
  const found: string[] = [];
  for (const { check } of NO_NUL.rules) {
    check(document as never, (pointer, expected, what) => found.push(`${pointer} must ${expected}: ${what}`));
  }
  return found;
}

test("NUL is found in every string and every key", (t) => {
  t.strictSame(faults({ a: ["x", { "b/c": "y\0z" }], "d\0": 1, e: null }), [
    '/a/1/b~1c must hold no NUL: it is "y\\u0000z"',
    "/d\0 must have a name without NUL: its name holds one",
  ]);
  t.strictSame(faults({ a: ["", 0, true, null], b: { c: "\\u0000" } }), []);
  t.end();
});

test("what never goes to the kernel may hold NUL", (t) => {
  t.strictSame(faults({ annotations: { a: "\0" }, linux: { seccomp: { listenerMetadata: "\0" } } }), []);
  t.strictSame(faults({ linux: { annotations: "\0" } }).length, 1);
  t.end();
});
