import { test } from "tap";
import { parseList } from "../../lib/config/list.ts";

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
  for (const text of ["", ",", "0,", ",0", "0-", "-1", "3-0", "a", "0 ", "0-1-2", "1.5", "0x1", "1\n", "12345678901"]) {
    t.equal(parseList(text), undefined, JSON.stringify(text));
  }
  t.end();
});
