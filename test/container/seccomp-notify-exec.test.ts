/** config-linux.md § Seccomp, of the processes that exec starts: each has a filter, and a listener, of its own. */
import { type Test, test } from "tap";
import { NR, notify, socketOf, withAgent } from "../support/agent.ts";
import { listener } from "../support/background.ts";
import type { Config } from "../support/bundle.ts";
import { runt } from "../support/command.ts";
import type { Container } from "../support/container.ts";
import { probe } from "../support/scratch.ts";
import { ERRNO, SYSCALL } from "../support/syscalls.ts";

/** A container that runs, whose agent has got its own listener; the next one is for exec. */
async function running(t: Test, answer: readonly number[], seccomp: Config) {
  const { subject, agent } = await withAgent(t, [-1], seccomp, { process: { args: ["sleep", "60"] } });
  await subject.create();
  t.equal((await subject.start()).code, 0);
  await agent.says(/seccompFd/);
  const next = await listener(t, [probe(), "agent", socketOf(subject), ...answer.map(String)]);
  return { subject, agent: next };
}
const exec = (subject: Container, options: readonly string[], ...args: string[]) =>
  runt(["--root", subject.root, "exec", ...options, subject.id, ...args]);

test("exec: each process has a listener of its own, sent with the state of the container that runs", async (t) => {
  const { subject, agent } = await running(t, [ERRNO.EXDEV], { ...notify("getsid"), listenerMetadata: "words" });
  const { stdout, stderr, code } = await exec(subject, [], "probe", "call", `${NR}`);
  t.equal(stdout, `-${ERRNO.EXDEV}\n`, stderr);
  t.equal(code, 0);
  t.equal(await agent.ended(), 0);
  const sent = JSON.parse(agent.stdout.split("\n")[0] ?? "");
  const { pid } = await subject.state();
  t.match(sent, { fds: ["seccompFd"], metadata: "words", state: { id: subject.id, status: "running", pid } });
  t.match(agent.stdout, `call ${NR} of ${sent.pid}\n`, "the pid is the process's own");
  t.not(sent.pid, pid);
});

test("exec --detach, and an agent that is asked about execve", async (t) => {
  const { subject, agent } = await running(t, [-1], notify("execve"));
  t.equal((await exec(subject, ["--detach"], "sleep", "0.1")).code, 0);
  await agent.ended();
  t.match(agent.stdout, `call ${SYSCALL.execve} of `);
});

test("exec fails when the agent is gone, and the container goes on", async (t) => {
  const { subject, agent } = await running(t, [0], notify("getsid"));
  agent.signal("SIGKILL");
  await agent.ended();
  const { code, stderr } = await exec(subject, [], "true");
  t.equal(code, 255);
  t.match(stderr, /connect to the seccomp agent .*connection refused/);
  t.equal((await subject.state()).status, "running");
});
