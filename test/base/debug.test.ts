import { test } from "tap";
import { debug, listen } from "../../lib/base/debug.ts";

test("debug() makes a message only when somebody listens", (t) => {
  debug("cgroup", () => t.fail("made for nobody") as never);
  const heard: string[] = [];
  listen((namespace, message) => heard.push(`${namespace}: ${message}`));
  debug("cgroup", () => "made for the listener");
  t.same(heard, ["cgroup: made for the listener"]);
  t.end();
});
