import { test } from "tap";
import { utf8Length } from "../../lib/base/utf8.ts";

const TEXTS = ["", "ascii\n", "é", "ô日𐍈", "\u07ff\u0800\uffff", "\ud800", "\udc00\ud800", "a\ud800𐍈\udc00"];

test("utf8Length() counts as an encoder does", (t) => {
  for (const text of TEXTS) t.equal(utf8Length(text), new TextEncoder().encode(text).length, JSON.stringify(text));
  t.end();
});
