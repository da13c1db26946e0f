/** The tokens of GVariant text. */
import { test } from "tap";
import { bytesOf, tokensOf, unquote } from "../../lib/systemd/gvariant-text.ts";

test("tokensOf() parts strings, types, words and signs", (t) => {
  const tokens = ["@a{sv}", "{", "'a b'", ":", "<", "-0x1f", ">", ",", 'b"\\""', "}"];
  t.strictSame(tokensOf(` ${tokens.join("  ")}`), { tokens, rest: "" });
  t.strictSame(tokensOf("5 ?"), { tokens: ["5"], rest: "?" });
  t.strictSame(tokensOf("'a"), { tokens: [], rest: "'a" });
  t.end();
});

test("unquote() and bytesOf() know the escapes", (t) => {
  t.equal(unquote("'\\t\\'\\u00e9\\U00010348\\z'"), "\t'é𐍈z");
  t.strictSame(bytesOf("'\\101\\n'"), [65, 10, 0]);
  t.equal(bytesOf("'ā'"), undefined);
  t.end();
});
