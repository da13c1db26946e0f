import { test } from "tap";
import { makeData } from "../../lib/program/data.ts";
import { PROGRAM, REST } from "../../lib/program/elf.ts";
import { buffer, bytes, slot, words } from "../../lib/program/step.ts";
import { encode } from "./run.ts";

const { strings: STRINGS_ADDRESS, memory: MEMORY_ADDRESS } = PROGRAM;

test("strings follow each other, with a NUL after each", (t) => {
  const data = makeData();
  t.equal(data.text, "");
  t.equal(data.string("ab"), STRINGS_ADDRESS);
  t.equal(data.string(""), STRINGS_ADDRESS + 3);
  t.equal(data.string("c"), STRINGS_ADDRESS + 4);
  t.equal(data.text, "ab\0\0c\0");
  t.equal(data.stringsSize, 6);
  t.end();
});

test("the bytes of UTF-8 count, for whoever says how many there are", (t) => {
  const data = makeData((text) => encode(text).length);
  data.string("é🙂");
  t.equal(data.string("x"), STRINGS_ADDRESS + 7);
  t.equal(encode(data.text).length, data.stringsSize);
  t.end();
});

test("what starts as 0 lies below, what is initialised above; each has one place", (t) => {
  const data = makeData();
  const [cell, room, text] = [slot("cell"), buffer("room", 12), bytes("text", new Uint8Array([1, 2, 3]))];
  t.equal(data.address(cell), MEMORY_ADDRESS - 8);
  t.equal(data.address(room), MEMORY_ADDRESS - 24);
  t.equal(data.address(text), MEMORY_ADDRESS);
  t.equal(data.address(new Uint8Array(8).fill(9)), MEMORY_ADDRESS + 8);
  t.equal(data.address(cell), MEMORY_ADDRESS - 8);
  t.equal(data.address(room), MEMORY_ADDRESS - 24);
  t.equal(data.zeroed, 24);
  t.strictSame([...data.image], [1, 2, 3, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9]);
  t.end();
});

test("words are 64 bits each, whatever they hold, with a 0 after the last", (t) => {
  const data = makeData();
  const room = buffer("room", 8);
  const nested = words(7);
  const address = data.address(words(1, -1, 2 ** 40, -(2 ** 40), 2n ** 64n - 2n, -3n, "text", room, nested, 5));
  t.equal(address, MEMORY_ADDRESS);
  const image = new BigInt64Array(data.image.slice().buffer);
  t.strictSame(
    [...image],
    [
      1n,
      -1n,
      2n ** 40n,
      -(2n ** 40n),
      -2n,
      -3n,
      STRINGS_ADDRESS,
      MEMORY_ADDRESS - 8,
      MEMORY_ADDRESS + 88,
      5,
      0,
      7,
      0,
    ].map(BigInt),
  );
  t.end();
});

test("memory grows while words are being written into it", (t) => {
  const data = makeData();
  const large = new Uint8Array(100_000).fill(1);
  data.address(words(1, large, 2));
  const image = new BigInt64Array(data.image.slice(0, 32).buffer);
  t.strictSame([...image], [1n, BigInt(MEMORY_ADDRESS + 32), 2n, 0n]);
  t.strictSame(data.image.subarray(32, 32 + large.length), large);
  t.end();
});

test("what has been named earlier stays where it was, all else is at the other place", (t) => {
  const [early, late] = [slot("early"), slot("late")];
  const first = makeData();
  first.address(early);
  const data = makeData(undefined, REST, first.addresses);
  t.equal(data.address(early), MEMORY_ADDRESS - 8);
  t.equal(data.address(late), REST.memory - 8);
  t.equal(data.string("x"), REST.strings);
  t.equal(data.zeroed, 8);
  t.end();
});

test("a table is its rows, 64 bits a cell, one after the other", (t) => {
  const data = makeData();
  const rows = [
    ["a", -1],
    ["b", 2 ** 33 + 1],
  ];
  t.equal(data.table(rows, 2), MEMORY_ADDRESS);
  const image = new BigInt64Array(data.image.slice().buffer);
  t.strictSame([...image], [STRINGS_ADDRESS, -1, STRINGS_ADDRESS + 2, 2 ** 33 + 1].map(BigInt));
  t.end();
});
