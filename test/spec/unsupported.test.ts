import { test } from "tap";
import type { Config } from "../../lib/config/schema.ts";
import { refuseUnsupported } from "../../lib/spec/unsupported.ts";

/** What is asked for, and the name it is refused by. */
const REFUSED: [object, string][] = [[{ linux: { intelRdt: { closID: "a" } } }, "linux.intelRdt"]];

for (const [config, name] of REFUSED) {
  test(`${name} is refused by name`, async (t) => {
    t.throws(() => refuseUnsupported(config as Config), { message: `this version of runt does not support ${name}` });
  });
}

test("what asks for nothing is not refused: empty lists and objects, an empty label", async (t) => {
  const linux = { uidMappings: [], mountLabel: "", namespaces: [{ type: "pid" }] };
  const process = { apparmorProfile: "", selinuxLabel: "" };
  t.doesNotThrow(() => refuseUnsupported({ linux, process } as unknown as Config));
  t.doesNotThrow(() => refuseUnsupported({} as Config));
});
