import { test } from "tap";
import { mismatches, type Schema } from "../../lib/config/mismatch.ts";

function found(schema: Schema, value: unknown): string[] {
  const faults: string[] = [];
  mismatches(schema, value, "", (pointer, expected, what) => faults.push(`${pointer} must ${expected}: ${what}`));
  return faults;
}

/** Schema, what fits, what does not, and what it should be. */
const KINDS: readonly [schema: Schema, good: readonly unknown[], bad: readonly unknown[], words: string][] = [
  [{ type: "boolean" }, [true, false], [0, "true", null], "be true or false"],
  [
    { type: "integer", minimum: -1, maximum: 5 },
    [-1, 0, 5, 1.0],
    [-2, 6, 0.5, "1", null],
    "be an integer from -1 to 5",
  ],
  [{ type: "integer", minimum: 0, maximum: 2 ** 64 }, [2 ** 64], [-1], "be an integer from 0 to 18446744073709551615"],
  [{ type: "string" }, ["", "x"], [1, null, []], "be a string"],
  [{ type: "string", maxLength: 2 }, ["", "xx"], ["xxx"], "be a string of at most 2 characters"],
  [{ type: "string", minLength: 1, title: "name" }, ["x"], [""], "be a name"],
  [{ type: "string", pattern: "^/", title: "absolute path" }, ["/"], ["x", ""], "be an absolute path"],
  [{ enum: ["a"] }, ["a"], ["A", 1, null], 'be "a"'],
  [{ enum: ["a", "b", "c"] }, ["b"], ["", {}], 'be "a", "b" or "c"'],
  [{ type: "array" }, [[], [1]], [{}, "x", null], "be an array"],
  [{ type: "array", minItems: 1 }, [[1]], [[]], "be an array of at least 1 entry"],
  [{ type: "array", maxItems: 0 }, [[]], [[1]], "be an empty array"],
  [{ type: "object" }, [{}, { a: 1 }], [[], "x", null, 1], "be an object"],
];

test("every kind of value, in words", (t) => {
  for (const [schema, good, bad, words] of KINDS) {
    for (const value of good) t.strictSame(found(schema, value), [], JSON.stringify(value));
    for (const value of bad) t.match(found(schema, value), [`must ${words}: `], JSON.stringify(value));
  }
  t.end();
});

test("all mismatches are found, however deep", (t) => {
  const text: Schema = { type: "string" };
  const schema: Schema = {
    type: "object",
    required: ["a", "b"],
    properties: {
      a: text,
      b: text,
      list: { type: "array", items: { type: "object", required: ["c"], properties: { c: text } } },
    },
    additionalProperties: { type: "boolean" },
  };
  t.strictSame(found(schema, { a: 1, list: [{ c: "" }, { c: 2 }, {}, 3], "x/y": 4, z: true }), [
    "/b must be a string: it is missing",
    "/a must be a string: it is 1",
    "/list/1/c must be a string: it is 2",
    "/list/2/c must be a string: it is missing",
    "/list/3 must be an object: it is 3",
    "/x~1y must be true or false: it is 4",
  ]);
  t.end();
});

test("names that every object inherits are names like others", (t) => {
  const schema: Schema = { type: "object", required: ["toString"], properties: { a: { type: "string" } } };
  t.strictSame(found(schema, JSON.parse('{"constructor": 1, "__proto__": 2}')), [
    "/toString must be an object: it is missing",
  ]);
  t.end();
});
