import { test } from "tap";
import { finder, syntaxFault } from "../../lib/config/places.ts";

/** Text that is no JSON → where, and what the parser missed. */
const NOT_JSON: readonly [text: string, line: number, column: number, found: string][] = [
  ["", 1, 1, "a value is missing before the end of the file"],
  ["\n {", 2, 3, "a } is missing before the end of the file"],
  ["[1", 1, 3, "a ] is missing before the end of the file"],
  ['{"a" 1}', 1, 6, 'a colon is missing before "1"'],
  ['{"a": 1\n "b": 2}', 2, 2, 'a comma is missing before "\\"b\\""'],
  ['{"a": 1,}', 1, 9, 'a name in double quotes is missing before "}"'],
  ["[1,]", 1, 4, 'a value is missing before "]"'],
  ["{} {}", 1, 4, '"{" comes after its end'],
  ["{a: 1}", 1, 2, '"a" is out of place'],
  ["{'a': 1}", 1, 2, "\"'a'\" is out of place"],
  ['{"a": True}', 1, 7, '"True" is out of place'],
  ['{"a": NaN}', 1, 7, '"NaN" is out of place'],
  ['{"a": +1}', 1, 7, '"+1" is out of place'],
  ['{"a": 1e}', 1, 7, '"1e" is half a number'],
  ['{"a": "b', 1, 7, "a string is not closed"],
  ['{"a": "\\x"}', 1, 7, '"\\"\\\\x\\"" has an unknown escape'],
  ['{"a": "\\u12"}', 1, 7, '"\\"\\\\u12\\"" has a \\u without four digits'],
  ['{"a": "\t"}', 1, 7, '"\\"\\t\\"" has a control character, which must be escaped'],
  ["// comment\n{}", 1, 1, "it has a comment"],
  ["\uFEFF{}", 1, 1, '"\uFEFF" is out of place'],
];

test("syntaxFault() says where a text ends to be JSON, and why", (t) => {
  for (const [text, line, column, found] of NOT_JSON) {
    t.strictSame(syntaxFault(text), { line, column, found }, JSON.stringify(text));
  }
  t.end();
});

const TEXT = `{
  "a": [1, {"b/c": "x", "~": null}],
\t"d": 1, "d": [],
  "": true
}`;

/** Pointer → line, column, type of what is there, and whether that is what was looked for. */
const PLACES: Readonly<Record<string, readonly [number, number, string, boolean]>> = {
  "": [1, 1, "object", true],
  "/a": [2, 8, "array", true],
  "/a/0": [2, 9, "number", true],
  "/a/1/b~1c": [2, 20, "string", true],
  "/a/1/~0": [2, 30, "null", true],
  "/d": [3, 15, "array", true],
  "/": [4, 7, "boolean", true],
  "/a/2": [2, 8, "array", false],
  "/a/1/x/y": [2, 12, "object", false],
  "/a/0/x": [2, 9, "number", false],
  "/x": [1, 1, "object", false],
};

test("finder() finds values by their pointers, or the last thing on the way", (t) => {
  const find = finder(TEXT);
  for (const [pointer, [line, column, type, exact]] of Object.entries(PLACES)) {
    t.match(find(pointer), { line, column, type, exact }, pointer);
  }
  t.end();
});
