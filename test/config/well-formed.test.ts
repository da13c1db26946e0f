import { test } from "tap";
import { parseDocument } from "../../lib/config/document.ts";
import { mayHoldHalves, wellFormed } from "../../lib/config/well-formed.ts";

const KIND = { schema: "{}", accepts: (value: unknown): value is object => value !== undefined, groups: [] };

test("half a surrogate pair becomes U+FFFD, in values and keys", (t) => {
  const cases: [text: string, value: object][] = [
    ['["\\ud800"]', ["\ufffd"]],
    ['["a\\uDC00b"]', ["a\ufffdb"]],
    ['["\\udc00\\ud800"]', ["\ufffd\ufffd"]],
    ['["\\ud83d\\ude00", "é\\ud83dé", 1, null, true]', ["\u{1f600}", "é\ufffdé", 1, null, true]],
    ['{"a": {"b\\udfff": [{"c": "\\uD83D"}]}}', { a: { "b\ufffd": [{ c: "\ufffd" }] } }],
    ['{"__proto__": "\\ud800"}', JSON.parse('{"__proto__": "\ufffd"}')],
  ];
  for (const [text, value] of cases) t.strictSame(parseDocument(KIND, text, "config.json"), value, text);
  t.end();
});

test("text without an escape of one is not looked through", (t) => {
  t.notOk(mayHoldHalves('{"a": "\\u00d8 \ud83d\ude00 ud800"}'));
  t.ok(mayHoldHalves('"\\ud83d\\ude00"'));
  t.equal(wellFormed("\ud83d\ude00"), "\ud83d\ude00");
  t.end();
});
