import { test } from "tap";
import { namespaceOf } from "../../lib/config/schema.ts";

const config = (linux: object): Parameters<typeof namespaceOf>[0] => ({
  ociVersion: "1.3.0",
  root: { path: "x" },
  linux,
});

test("namespaceOf() finds the entry of a type", (t) => {
  const namespaces = [{ type: "pid" }, { type: "uts", path: "/u" }];
  t.strictSame(namespaceOf(config({ namespaces }), "uts"), { type: "uts", path: "/u" });
  t.equal(namespaceOf(config({ namespaces }), "user"), undefined);
  t.equal(namespaceOf(config({}), "pid"), undefined);
  t.equal(namespaceOf({ ociVersion: "1.3.0", root: { path: "x" } }, "pid"), undefined);
  t.end();
});
