import { test } from "tap";
import { needId } from "../../../lib/config/rules/ids.ts";

test("needId(): only the last of 32 bits is none", async (t) => {
  const faults: string[] = [];
  for (const id of [undefined, 0, 2 ** 32 - 2, 2 ** 32 - 1])
    needId(id, `/${id}`, (...fault) => faults.push(fault.join(" ")));
  t.same(faults, ["/4294967295 be below 4294967295, which stands for no id it is 4294967295"]);
});
