import { test } from "tap";
import { variable } from "../../lib/base/environment.ts";

test("variable() takes the whole name", (t) => {
  t.equal(variable(["DEBUGGER=x", "DEBUG=a=b"], "DEBUG"), "a=b");
  t.equal(variable(["DEBUG="], "DEBUG"), undefined);
  t.equal(variable([], "DEBUG"), undefined);
  t.end();
});
