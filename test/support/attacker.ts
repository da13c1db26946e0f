/** Containers that keep rights to harm their runtime with: CAP_SYS_ADMIN among others, and their cgroups, writable. */
import type { Test } from "tap";
import { type Config, capable, MOUNTS, merge } from "./bundle.ts";
import { type Container, container } from "./container.ts";
import { until } from "./host.ts";

const CGROUP = { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] };

/** What such a container does first: `$C` is its cgroup where the runtime looks for its processes; `freeze DIRECTORY`. */
const PRELUDE = `set -e
C=/sys/fs/cgroup
[ ! -d $C/freezer ] || C=$C/freezer
freeze() { if [ -e $1/freezer.state ]; then echo FROZEN > $1/freezer.state; else echo 1 > $1/cgroup.freeze; fi; }
`;

/** A container that runs `script` with sh, and has printed `ready`. */
export async function attacker(t: Test, script: string, change: Config = {}): Promise<Container> {
  const rights = {
    process: {
      args: ["sh", "-c", PRELUDE + script],
      capabilities: capable("CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_CHOWN"),
    },
    mounts: [...MOUNTS, CGROUP],
  };
  const subject = container(t, merge(rights, change));
  const { code, stderr } = await subject.create();
  if (code !== 0) throw new Error(stderr);
  await subject.start();
  await until(`it is ready: ${script}`, () => subject.stdout.includes("ready"));
  return subject;
}
