/** Commands whose system calls fail, one at a time: theirs, and those of the programs that they start. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Container, container } from "../support/container.ts";
import { PATIENCE, read } from "../support/host.ts";
import { scratch } from "../support/scratch.ts";
import {
  type Call,
  COMMANDS,
  type Command,
  callsOf,
  cleanedUp,
  type Disturbed,
  small,
  started,
  strace,
} from "../support/strace.ts";

/** A call that strace has made fail, as it stands in the lines that strace prints. */
interface Failure {
  readonly line: string;
  /** It is of the runtime, before it has done anything of its own: its libc and its heap begin. */
  readonly beforeMain: boolean;
  /** It is of a process that had told the runtime by then that the container is ready. */
  readonly afterReady: boolean;
  /** It is of the user's program: the only one that is executed by execve(2), but for the runtime itself. */
  readonly ofUser: boolean;
}

function failuresIn(trace: string): Failure[] {
  const lines = trace.split("\n");
  const pidOf = (line: string): string => /^\d+/.exec(line)?.[0] ?? "";
  const runtime = pidOf(lines[0] ?? "");
  const begun = lines.findIndex((line) => /^\d+ +(chdir|openat|getpid|geteuid|readlinkat)\(/.test(line));
  return lines.flatMap((line, index) => {
    if (!line.endsWith("(INJECTED)")) return [];
    const before = lines.slice(0, index).filter((other) => pidOf(other) === pidOf(line));
    const afterReady = before.some((other) => /^\d+ +write\(\d+, "r", 1/.test(other));
    const ofUser = pidOf(line) !== runtime && before.some((other) => /^\d+ +execve\(/.test(other));
    return [{ line, beforeMain: begun === -1 || index < begun, afterReady, ofUser }];
  });
}

/** Nobody is there to tell that the runtime can't begin; what tells is a write to standard error; the user's program is its own affair. */
function canBeTold({ beforeMain, ofUser, line }: Failure): boolean {
  return !beforeMain && !ofUser && !/^\d+ +write\(2,/.test(line);
}

/** Those that end a program, and one that matters to nobody here: of each signal it is said that it does what it does anyhow. */
const LEFT_OUT = /^(execve|execveat|exit|exit_group|rt_sigreturn|restart_syscall|rt_sigaction)$/;

/**
 * strace leaves out the call that is to fail, but a close(2) that fails has closed all the same. `start` and `exec` learn from the
 * end of a socket that execve(2) has closed the other side, so theirs has to be closed.
 */
const MUST_CLOSE = ["start", "exec"];

/** Some names come dozens of times in a row: prctl(2) for each capability, close(2). Of those many, every fourth stands for the others. */
const stands = ({ n }: Call): boolean => n <= 12 || n % 4 === 0;

/** The calls of a command that are made to fail. */
async function failing(t: Test, name: string, { command, prepare, change }: Disturbed): Promise<Call[]> {
  const calls = await callsOf(t, command, prepare, true, change);
  return calls.filter(
    (call) => !LEFT_OUT.test(call.name) && stands(call) && !(call.name === "close" && MUST_CLOSE.includes(name)),
  );
}

/** Runs the command with a call that fails: what it answers, and what there is to say once strace has ended. */
async function withFailure(
  t: Test,
  subject: Container,
  command: Command,
  call: Call,
  index: number,
  children: true | "all end" = true,
) {
  const error = index % 2 === 0 ? "ENOMEM" : "EPERM";
  const disturbed = `${error} from ${call.name} ${call.n}`;
  const output = join(scratch, `${subject.id}.strace`);
  const inject = `inject=${call.name}:error=${error}:when=${call.n}`;
  const { code, stderr } = await command(subject, strace(output, children, "-e", inject));
  const verify = (status?: string): void => {
    const failures = failuresIn(read(output));
    rmSync(output);
    const isTold = code === 0 || stderr.trim() !== "";
    if (!isTold && failures.every(canBeTold)) t.fail(`${disturbed}: no error is told`, { failures });
    // What init does when it has told that it is ready can end it when create has ended already.
    const isWhole = status === undefined || status === "created" || failures.some(({ afterReady }) => afterReady);
    if (!isWhole) t.equal(status, "created", disturbed, { failures });
  };
  return { code, disturbed, verify };
}

for (const [name, least] of Object.entries({
  create: 150,
  "create with a user namespace": 170,
  start: 25,
  "delete --force": 35,
})) {
  test(`any system call of ${name}, and of what it starts, fails: an error is told, or all is done`, {
    timeout: 600_000 * PATIENCE,
  }, async (t) => {
    const { command, prepare, change = small } = COMMANDS[name] as Disturbed;
    const calls = await failing(t, name, { command, prepare, change });
    for (const [index, call] of calls.entries()) {
      const subject = container(t, change);
      await prepare(subject);
      const { code, disturbed, verify } = await withFailure(t, subject, command, call, index);
      const status = name.startsWith("create") && code === 0 ? (await subject.state()).status : undefined;
      await cleanedUp(t, subject, disturbed);
      verify(status);
    }
    t.ok(calls.length >= least, `${calls.length} calls failed`);
  });
}

test("any system call of exec, and of what it starts, fails: an error is told, and the container runs on", {
  timeout: 600_000 * PATIENCE,
}, async (t) => {
  const command: Command = (it, launcher) => it.exec(["true"], [], { launcher });
  const calls = await failing(t, "exec", { command, prepare: started });
  const subject = container(t, small);
  await started(subject);
  for (const [index, call] of calls.entries()) {
    const { disturbed, verify } = await withFailure(t, subject, command, call, index, "all end");
    verify();
    const { stdout } = await subject.command("ps", ["--format", "json"]);
    t.equal(JSON.parse(stdout).length, 1, `${disturbed}: the container's own process alone is left`);
  }
  t.ok(calls.length >= 60, `${calls.length} calls failed`);
});
