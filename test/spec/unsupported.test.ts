import { test } from "tap";
import type { Config } from "../../lib/config/schema.ts";
import { refuseUnsupported } from "../../lib/spec/unsupported.ts";

/** What is asked for, and the name it is refused by. */
const REFUSED: [object, string][] = [
  [{ linux: { uidMappings: [{ containerID: 0, hostID: 0, size: 1 }] } }, "linux.uidMappings"],
  [{ linux: { timeOffsets: { monotonic: { secs: 1 } } } }, "linux.timeOffsets"],
  [{ linux: { netDevices: { eth0: {} } } }, "linux.netDevices"],
  [{ linux: { intelRdt: { closID: "a" } } }, "linux.intelRdt"],
  [{ linux: { memoryPolicy: { mode: "MPOL_DEFAULT" } } }, "linux.memoryPolicy"],
  [{ linux: { personality: { domain: "LINUX" } } }, "linux.personality"],
  [{ linux: { mountLabel: "x" } }, "linux.mountLabel"],
  [{ linux: { seccomp: { listenerPath: "/s" } } }, "linux.seccomp.listenerPath"],
  [{ linux: { namespaces: [{ type: "user" }] } }, "a user namespace"],
  [{ linux: { namespaces: [{ type: "time" }] } }, "a time namespace"],
  [{ process: { apparmorProfile: "x" } }, "process.apparmorProfile"],
  [{ process: { selinuxLabel: "x" } }, "process.selinuxLabel"],
  [{ process: { scheduler: { policy: "SCHED_FIFO" } } }, "process.scheduler"],
  [{ process: { ioPriority: { class: "IOPRIO_CLASS_BE" } } }, "process.ioPriority"],
  [{ process: { execCPUAffinity: { initial: "0" } } }, "process.execCPUAffinity"],
];

for (const [config, name] of REFUSED) {
  test(`${name} is refused by name`, async (t) => {
    t.throws(() => refuseUnsupported(config as Config), { message: `this version of runt does not support ${name}` });
  });
}

test("all that is refused is told at once", async (t) => {
  const config = { linux: { personality: { domain: "LINUX" }, namespaces: [{ type: "user" }] } } as unknown as Config;
  t.throws(() => refuseUnsupported(config), { message: /linux\.personality, a user namespace$/ });
});

test("what asks for nothing is not refused: empty lists and objects, an empty label", async (t) => {
  const linux = { uidMappings: [], timeOffsets: {}, netDevices: {}, mountLabel: "", namespaces: [{ type: "pid" }] };
  const process = { apparmorProfile: "", selinuxLabel: "", execCPUAffinity: {} };
  t.doesNotThrow(() => refuseUnsupported({ linux, process } as unknown as Config));
  t.doesNotThrow(() => refuseUnsupported({} as Config));
});
