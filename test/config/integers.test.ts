import { test } from "tap";
import { exactIntegers, markedText, parseMarked } from "../../lib/config/integers.ts";

interface Document {
  list: { value: unknown; other?: unknown }[];
}

function exact(text: string): Document {
  const document: Document = JSON.parse(text);
  exactIntegers(document, text, "file.json", ({ list }) => list);
  return document;
}

const LARGEST = "18446744073709551615";

test("integers beyond 2^53 become exact, smaller ones stay numbers", (t) => {
  const { list } = exact(`{"list": [{"value": ${LARGEST}, "other": 5}, {"value": 9007199254740993}, {"value": 1}]}`);
  t.strictSame(list, [{ value: 0xffff_ffff_ffff_ffffn, other: 5 }, { value: 9007199254740993n }, { value: 1 }]);
  t.end();
});

test("a document without such integers stays as it is", (t) => {
  const { list } = exact('{"list": [{"value": 9007199254740991, "other": "18446744073709551615"}]}');
  t.strictSame(list, [{ value: 9007199254740991, other: "18446744073709551615" }]);
  t.end();
});

test("digits in strings, fractions and exponents are let be", (t) => {
  const more = String.raw`"x": "18446744073709551615 \" 18446744073709551615", "y": 0.1234567890123456789, "z": 1e-0000000000000001`;
  const { list } = exact(
    `{${more}, "list": [{"value": ${LARGEST}, "other": "\\u0000${LARGEST}\\\\"}, {"value": "\\u0000"}]}`,
  );
  t.strictSame(list, [{ value: BigInt(LARGEST), other: `\0${LARGEST}\\` }, { value: "\0" }]);
  t.end();
});

test("an integer of 65 bits is refused: as a double it looks like the largest of 64", (t) => {
  t.throws(() => exact('{"list": [{"value": 18446744073709551616}]}'), {
    message: `file.json: value must be at most ${LARGEST}: it is 18446744073709551616`,
  });
  t.end();
});

test("marked text keeps what is exact, and all else", (t) => {
  const document = { list: [{ value: 0xffff_ffff_ffff_ffffn, small: 5 }], text: "18446744073709551615", none: null };
  t.strictSame(parseMarked(markedText(document)), document);
  t.notMatch(markedText(document), /\n/, "on one line");
  t.end();
});
