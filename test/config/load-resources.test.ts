import { test } from "tap";
import { parseDeviceRules, parseResources } from "../../lib/config/load-resources.ts";
import { FULL, faultsOf } from "./support.ts";

test("a resources file is the resources of a config", (t) => {
  const { resources } = FULL.linux;
  t.strictSame(parseResources(JSON.stringify(resources), "r.json"), resources);
  t.strictSame(parseResources("{}", "r.json"), {});
  t.strictSame(parseResources('{"devices": null, "memory": {"limit": 0}}', "r.json"), { memory: { limit: 0 } });
  t.end();
});

test("pointers begin at the resources", (t) => {
  const text = JSON.stringify({ memory: { limit: 2, swap: 1 }, pids: { limit: "x" } });
  t.strictSame(faultsOf(parseResources, text), [
    "/memory/swap must be at least the memory limit, 2: it is 1",
    '/pids/limit must be an integer from -9223372036854775808 to 9223372036854775807: it is "x"',
  ]);
  t.end();
});

test("a file of device rules is a list", (t) => {
  const rules = [{ allow: true, type: "c" as const, major: 10, minor: 229, access: "rw" }];
  t.strictSame(parseDeviceRules(JSON.stringify(rules), "d.json"), rules);
  t.strictSame(faultsOf(parseDeviceRules, '[{"allow": true, "type": "p"}, {}]'), [
    '/0/type must be "a", "b" or "c": it is "p"',
    "/1/allow must be true or false: it is missing",
  ]);
  t.strictSame(faultsOf(parseDeviceRules, '{"devices": []}'), [" must be an array: it is an object"]);
  t.end();
});
