import { test } from "tap";
import { bitmap, parseList, type Ranges } from "../../lib/config/list.ts";

test("parseList() reads numbers and ranges", (t) => {
  t.strictSame(parseList("7"), [[7, 7]]);
  t.strictSame(parseList("0-3,7,5-5"), [
    [0, 3],
    [7, 7],
    [5, 5],
  ]);
  t.end();
});

test("parseList() takes nothing else", (t) => {
  for (const text of [
    "",
    ",",
    "0,",
    ",0",
    "0-",
    "-1",
    "3-0",
    "a",
    "0 ",
    "0-1-2",
    "1.5",
    "0x1",
    "1\n",
    "12345678901",
    "65536",
  ]) {
    t.equal(parseList(text), undefined, JSON.stringify(text));
  }
  t.end();
});

test("bitmap() has the bits of the list, in whole words", async (t) => {
  const bits = (list: string) => Buffer.from(bitmap(parseList(list) as Ranges)).toString("hex");
  t.equal(bits("0"), "0100000000000000");
  t.equal(bits("0-3,7"), "8f00000000000000");
  t.equal(bits("63"), "0000000000000080");
  t.equal(bits("64,64"), "00000000000000000100000000000000");
  t.equal(bits("1-2000").length, 2 * 8 * 32);
  t.equal(bits("65535").length, 2 * 8192);
});
