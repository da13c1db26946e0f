/**
 * config.md § Linux Process, execCPUAffinity: of programs that are run in a container that is there, which is no operation of the
 * specification. runc, crun, youki and runt call it `exec`.
 */
import { equal } from "node:assert/strict";
import type { Config } from "../test/support/bundle.ts";
import { read, status } from "../test/support/host.ts";
import { statusField } from "./support/asks.ts";
import { invalid, must, should, skip } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const SECTION = "config.md § Linux Process";
const SINCE = { since: "1.2.1" };
const asks = { cpus: statusField("Cpus_allowed_list") };
const affinity = (execCPUAffinity: Config): Config => ({ ociVersion: "1.2.1", process: { execCPUAffinity } });
const own = (): string => status(read("/proc/self/status"), "Cpus_allowed_list");

/** The first processor that this process may use, of several. */
function first(): string {
  const [cpu = "0"] = own().split(/[-,]/);
  return cpu === own() ? skip("the machine has one processor") : cpu;
}

/** What a program in the container says of its processors. */
async function inside(c: Subject, execCPUAffinity: Config): Promise<string> {
  if (!(await c.has("exec"))) skip("the runtime has no exec");
  c.install("/second", asks);
  await c.running({}, affinity(execCPUAffinity));
  return (await c.exec("/second", asks)).cpus;
}

must(
  "exec-cpu-affinity-not-of-init",
  SECTION,
  "This setting is not applicable to the container's init process.",
  async (c) => {
    const cpu = first();
    equal((await c.ask(asks, affinity({ initial: cpu, final: cpu }))).cpus, own());
  },
  SINCE,
);

must(
  "exec-cpu-affinity-final",
  SECTION,
  "final (string, OPTIONAL) is a list of CPUs the process will be run on after the transition to container's cgroup.",
  async (c) => {
    const cpu = first();
    equal(await inside(c, { final: cpu }), cpu);
  },
  SINCE,
);

should(
  "exec-cpu-affinity-unset",
  SECTION,
  "If omitted or empty, runtime SHOULD NOT change process' CPU affinity after the process is moved to container's cgroup",
  async (c) => {
    equal(await inside(c, { final: "" }), own());
  },
  SINCE,
);

for (const [name, execCPUAffinity] of Object.entries({
  "initial-text": { initial: "first" },
  "final-text": { final: "0-" },
  "final-backwards": { final: "3-1" },
  "final-number": { final: 0 },
})) {
  invalid(
    `exec-cpu-affinity-${name}`,
    async (c) => {
      await c.refused(affinity(execCPUAffinity));
    },
    SINCE,
  );
}
