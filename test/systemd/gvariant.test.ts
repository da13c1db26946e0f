/** GVariant text to values, as annotations have it. */
import { test } from "tap";
import { parseVariant } from "../../lib/systemd/gvariant.ts";
import type { Value } from "../../lib/systemd/value.ts";

const RIGHT: readonly [text: string, signature: string, value: Value][] = [
  ["'text'", "s", "text"],
  ['"with \\"quotes\\" and \\u00e9\\n"', "s", 'with "quotes" and é\n'],
  ["true", "b", true],
  ["boolean false", "b", false],
  ["5", "i", 5n],
  ["-5", "i", -5n],
  ["0x10", "i", 16n],
  ["uint64 18446744073709551615", "t", 2n ** 64n - 1n],
  ["int64 -9223372036854775808", "x", -(2n ** 63n)],
  ["uint32 7", "u", 7n],
  ["byte 255", "y", 255n],
  ["1.5", "d", 1.5],
  ["double 2", "d", 2],
  ["objectpath '/a'", "o", "/a"],
  ["objectpath '/'", "o", "/"],
  ["objectpath '/a_1/B'", "o", "/a_1/B"],
  ["signature ''", "g", ""],
  ["'𐍈 \\U00010348'", "s", "𐍈 𐍈"],
  ["['a', 'b']", "as", ["a", "b"]],
  ["[uint32 1, 2]", "au", [1n, 2n]],
  ["@as []", "as", []],
  ["@a(st) [('/dev/sda', 5)]", "a(st)", [["/dev/sda", 5n]]],
  ["('/dev/sda', uint64 5)", "(st)", ["/dev/sda", 5n]],
  [" [ 'a' , ] ", "as", ["a"]],
  ["@t 5", "t", 5n],
  ["int16 -3", "n", -3n],
  ["uint16 3", "q", 3n],
  ["signature 'a(st)'", "g", "a(st)"],
  ["b'a\\001\\n'", "ay", [97, 1, 10, 0]],
  ["<uint32 5>", "v", { signature: "u", value: 5n }],
  [
    "{'a': 1, 'b': 2}",
    "a{si}",
    [
      ["a", 1n],
      ["b", 2n],
    ],
  ],
  ["{'a': <true>}", "a{sv}", [["a", { signature: "b", value: true }]]],
  ["@a{st} {'a': 1}", "a{st}", [["a", 1n]]],
  ["@a{sv} {}", "a{sv}", []],
];

for (const [text, signature, value] of RIGHT) {
  test(`${text} is ${signature}`, (t) => {
    t.strictSame(parseVariant(text), { signature, value });
    t.end();
  });
}

const WRONG = [
  "",
  "[",
  "[]",
  "'a",
  "['a' 'b']",
  "['a', 5]",
  "5 6",
  "uint32 -1",
  "byte 256",
  "2147483648",
  "@u 'a'",
  "@s true",
  "nonsense",
  "()",
  "@(s) ('a', 'b')",
  "uint64",
  "x y",
  "@s 5",
  "@as 'a'",
  "1.2.3",
  "@i 1.5",
  "b'ā'",
  "{}",
  "{'a', 1}",
  "@as {'a': 1}",
  "{'a': 1, 2: 3}",
  "<5",
  "@s <5>",
  // What follows libdbus would end the process for.
  "toString 5",
  "@constructor 5",
  "@(zz) (1,)",
  "@a [ ]",
  "@ii [5]",
  "@a{vs} {}",
  "{[1]: 2}",
  "{<1>: 2}",
  "objectpath 'x'",
  "objectpath '/a//b'",
  "objectpath '/a/'",
  "signature 'zz'",
  "signature 'a'",
  "'half a character: \\ud800'",
  "'\\U00110000'",
  "'a\\u0000b'",
  `${"[".repeat(40)}1${"]".repeat(40)}`,
  `${"<".repeat(40)}1${">".repeat(40)}`,
  "[".repeat(100_000),
];

for (const text of WRONG) {
  test(`${JSON.stringify(text)} is refused`, (t) => {
    t.throws(() => parseVariant(text), /GVariant's text format/);
    t.end();
  });
}
