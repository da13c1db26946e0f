/**
 * Commands that are killed, or whose system calls fail, at every call that they make: strace(1) lists the calls of an
 * undisturbed command, and then disturbs one of them. Whatever has been made by then, delete --force removes it.
 */
import { join } from "node:path";
import { type Test, test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import type { Result } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { read } from "../support/host.ts";

const small = { process: { args: ["sleep", "60"] }, mounts: MOUNTS.slice(0, 3) };

/** The n-th call of that name that a process makes: so strace counts them. */
interface Call {
  readonly name: string;
  readonly n: number;
}

type Command = (it: Container, launcher: readonly string[]) => Promise<Result>;

/**
 * strace, of the command and, when asked, its children, as long as they live: then it works in the background. It prints
 * the calls into `output`.
 */
const strace = (output: string, children: boolean, ...options: string[]): string[] => {
  return [
    "strace",
    ...(children ? ["-f", "-D"] : []),
    "-qqq",
    "-o",
    output,
    "-e",
    "signal=none",
    "-e",
    "trace=all",
    ...options,
  ];
};

/** Every call that the command makes when nothing disturbs it. */
async function callsOf(t: Test, command: Command, prepare: (it: Container) => Promise<unknown>, children: boolean) {
  const subject = container(t, small);
  await prepare(subject);
  const output = join(subject.directory, "strace");
  const { code, stderr } = await command(subject, strace(output, children));
  t.equal(code, 0, stderr);
  await subject.delete("--force");
  // A strace in the background ends with the last of the processes.
  await subject.remains();
  const counts = new Map<string, number>();
  const calls = new Map<string, Call>();
  for (const [, pid, name] of read(output).matchAll(/^(\d+ +)?(\w+)\(/gm)) {
    const n = (counts.get(`${pid} ${name}`) ?? 0) + 1;
    counts.set(`${pid} ${name}`, n);
    calls.set(`${name} ${n}`, { name: String(name), n });
  }
  await subject.discard();
  return [...calls.values()];
}

/** Ends what the disturbed command has left. The test fails if delete --force cannot. */
async function cleanedUp(t: Test, subject: Container, disturbed: string): Promise<void> {
  const { code, stderr } = await subject.delete("--force");
  if (code !== 0) t.fail(`${disturbed}: delete --force answers ${code}`, { stderr });
  const remains = await subject.remains();
  if (remains.length > 0) t.same(remains, [], disturbed);
  await subject.discard();
}

const nothing = async () => undefined;

const COMMANDS: Readonly<Record<string, { prepare: (it: Container) => Promise<unknown>; command: Command }>> = {
  create: { prepare: nothing, command: (it, launcher) => it.create([], { launcher }) },
  start: { prepare: (it) => it.create(), command: (it, launcher) => it.start({ launcher }) },
  kill: { prepare: (it) => it.create(), command: (it, launcher) => it.command("kill", [], { launcher }) },
  "run --detach": { prepare: nothing, command: (it, launcher) => it.run(["--detach"], { launcher }) },
  "delete --force": {
    prepare: async (it) => {
      await it.create();
      await it.start();
    },
    command: (it, launcher) => it.command("delete", ["--force"], { launcher }),
  },
};

for (const [name, { command, prepare }] of Object.entries(COMMANDS)) {
  test(`${name} killed at any of its system calls: delete --force removes what there is`, {
    timeout: 300_000,
  }, async (t) => {
    const calls = await callsOf(t, command, prepare, false);
    for (const call of calls) {
      const subject = container(t, small);
      await prepare(subject);
      await command(subject, strace("/dev/null", false, "-e", `inject=${call.name}:signal=KILL:when=${call.n}`));
      await cleanedUp(t, subject, `killed at ${call.name} ${call.n}`);
    }
    t.ok(calls.length > 10, `killed at ${calls.length} calls`);
  });
}

test("create killed after any time: delete --force removes what there is", async (t) => {
  for (let delay = 0; delay < 60; delay++) {
    const subject = container(t, small);
    // In steps of 15 microseconds: finer than the runtime's own are long.
    const killer = ["sh", "-c", '"$@" & sleep 0.000$DELAY; kill -9 $!; wait $! 2>/dev/null', "sh"];
    const env = { PATH: "/usr/bin:/bin", DELAY: String(delay * 15).padStart(3, "0") };
    await subject.create([], { launcher: killer, env });
    await cleanedUp(t, subject, `killed after ${delay * 15} µs`);
  }
  t.pass();
});

/** What a libc does before main: if that fails, nobody is there to tell. And it is write that tells. */
const CANNOT_TELL =
  /^(brk|arch_prctl|set_tid_address|set_robust_list|rseq|prlimit64|readlink|getrandom|mprotect|mmap|write)$/;
const ENDS = /^(execve|execveat|exit|exit_group|rt_sigreturn|restart_syscall)$/;
/** strace leaves out the call that is to fail, but a close(2) that fails has closed all the same: there is no such failure. */
const CANNOT_FAIL = /^close$/;

test("any system call of create and of init fails: an error is told, or a whole container made", {
  timeout: 300_000,
}, async (t) => {
  const { command, prepare } = COMMANDS.create ?? { prepare: nothing, command: (it) => it.create() };
  const calls = (await callsOf(t, command, prepare, true)).filter(
    ({ name }) => !ENDS.test(name) && !CANNOT_FAIL.test(name),
  );
  for (const [index, call] of calls.entries()) {
    const error = index % 2 === 0 ? "ENOMEM" : "EPERM";
    const disturbed = `${error} from ${call.name} ${call.n}`;
    const subject = container(t, small);
    const { code, stderr } = await command(
      subject,
      strace("/dev/null", true, "-e", `inject=${call.name}:error=${error}:when=${call.n}`),
    );
    if (code === 0) {
      const { status } = await subject.state();
      // What init does after it has told that it is ready can end it when create has ended already.
      if (status !== "created") t.equal(status, "stopped", disturbed);
    } else if (stderr.trim() === "" && !CANNOT_TELL.test(call.name)) t.fail(`${disturbed}: no error is told`);
    await cleanedUp(t, subject, disturbed);
  }
  t.ok(calls.length > 50, `${calls.length} calls failed`);
});
