/** Seccomp agents for the tests, and containers that have one. */
import { join } from "node:path";
import type { Test } from "tap";
import { listener } from "./background.ts";
import { type Config, merge } from "./bundle.ts";
import { type Container, container } from "./container.ts";
import { probe } from "./scratch.ts";
import { SYSCALL } from "./syscalls.ts";

export const NR = SYSCALL.getsid as number;
/** A profile whose agent is asked about these calls. */
export const notify = (...names: string[]): Config => ({
  defaultAction: "SCMP_ACT_ALLOW",
  syscalls: [{ names, action: "SCMP_ACT_NOTIFY" }],
});
export const socketOf = (it: Container) => join(it.directory, "agent.sock");
/** Not the probe's own way of asking: sh makes calls of its own. */
export const asks = { args: ["probe", "call", `${NR}`] };

/** A container with the agent's socket, and the agent, which answers as `answer` says. */
export async function withAgent(t: Test, answer: readonly number[], seccomp: Config, change: Config = {}) {
  const subject = container(t, (it) =>
    merge({ process: asks, linux: { seccomp: { ...seccomp, listenerPath: socketOf(it) } } }, change),
  );
  const agent = await listener(t, [probe(), "agent", socketOf(subject), ...answer.map(String)]);
  return { subject, agent, sent: () => JSON.parse(agent.stdout.split("\n")[0] ?? "") };
}
