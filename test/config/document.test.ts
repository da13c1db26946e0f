import { test } from "tap";
import { describe } from "../../lib/base/errors.ts";
import { ConfigError, parseDocument } from "../../lib/config/document.ts";
import { parseConfig } from "../../lib/config/load.ts";
import { group } from "../../lib/config/rule.ts";

function message(text: string): string {
  try {
    parseConfig(text, "config.json");
    return "";
  } catch (error) {
    return describe(error);
  }
}

test("the message of a ConfigError has a line for each problem, with its place", (t) => {
  const text = `{
  "ociVersion": "1.3.0",
  "root": { "path": "" },
  "process": {
    "cwd": "/",
    "args": ["true"],
    "user": { "uid": -1, "gid": 0 }
  }
}
`;
  t.equal(
    message(text),
    'config.json:3:21: /root/path must be a non-empty path: it is ""\n' +
      "config.json:7:22: /process/user/uid must be an integer from 0 to 4294967295: it is -1",
  );
  t.equal(message("[]"), "config.json:1:1: the document must be an object: it is an empty array");
  t.equal(message("{"), "config.json:1:2: the document must be JSON: a } is missing before the end of the file");
  t.end();
});

const KIND = {
  schema: '{"type": "object", "properties": {"a": {"type": "integer", "minimum": 0, "maximum": 9}}}',
  accepts: (value: unknown): value is { a?: number } =>
    (value as { a?: unknown } | undefined)?.a !== null && value !== undefined,
  groups: [
    group("", (document: { a?: number }) => document.a, [
      { reads: [""], check: (a: number, report) => a > 1 && report("", "be small", "it is large") },
    ]),
  ],
} as const;

test("parseDocument() takes what the schema accepts and no rule is against", (t) => {
  t.strictSame(parseDocument(KIND, '{"a": 1}', "f"), { a: 1 });
  t.strictSame(parseDocument(KIND, "{}", "f"), {}, "rules are for parts that are there");
  t.throws(() => parseDocument(KIND, '{"a": 2}', "f"), ConfigError, "a rule is against it");
  t.throws(() => parseDocument(KIND, '{"a": ', "f"), ConfigError, "no JSON");
  t.end();
});

test("parseDocument() drops null only from what was not accepted", (t) => {
  t.strictSame(parseDocument(KIND, '{"a": null, "b": [null, {"c": null}]}', "f"), { b: [null, {}] });
  t.strictSame(parseDocument(KIND, '{"a": 1, "b": null}', "f"), { a: 1, b: null });
  t.end();
});

test("parseDocument() throws anything but a syntax error on", (t) => {
  const accepts = (_: unknown): _ is object => {
    throw new RangeError("a defect");
  };
  t.throws(() => parseDocument({ ...KIND, groups: [], accepts }, "{}", "f"), RangeError);
  t.end();
});
