import { test } from "tap";
import { parseResources } from "../../lib/config/load-resources.ts";
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
