/** `run` and `exec` in the foreground, for a long time: what passes through them leaves nothing behind in them. */
import { type Test, test } from "tap";
import { type Background, background } from "../support/background.ts";
import { COMMAND, RUNT } from "../support/command.ts";
import { type Container, container, running } from "../support/container.ts";
import { processesNamed, read, status, until } from "../support/host.ts";
import { probe } from "../support/scratch.ts";

/** Two lots of output, each behind a line that is typed. */
const SCRIPT =
  "trap '' 34; read line; head -c 2000000 /dev/zero; read line; head -c 30000000 /dev/zero; read line; exit 6";

/** Pages are given back late; what grows with use would be a thousand times as much. */
const TOLERANCE_KB = 64;

/** `run` and `exec` of the script on a terminal, with the output going nowhere. */
const COMMANDS: Readonly<Record<string, (t: Test) => Promise<{ subject: Container; args: string[] }>>> = {
  run: async (t) => {
    const subject = container(t, { process: { terminal: true, args: ["sh", "-c", SCRIPT] } });
    return { subject, args: ["run", "--bundle", subject.bundle, subject.id] };
  },
  exec: async (t) => {
    const subject = await running(t);
    return { subject, args: ["exec", "--tty", subject.id, "sh", "-c", SCRIPT] };
  },
};

async function runtimeOf(subject: Container, command: string): Promise<number> {
  const found = () =>
    processesNamed(subject.id).find((pid) => {
      const [program, ...args] = read(`/proc/${pid}/cmdline`).split("\0");
      return program === RUNT && args.includes(command);
    });
  await until("the command runs", () => found() !== undefined);
  return found() ?? 0;
}

const number = (pid: number, file: string, field: string) =>
  Number(/\d+/.exec(status(read(`/proc/${pid}/${file}`), field)) ?? 0);

/** Kilobytes, when nothing has happened for a moment: most of the memory has been given back then. */
async function residentAtRest(pid: number): Promise<number> {
  const resident = () => number(pid, "status", "VmRSS");
  await until("it waits in less memory", () => resident() < number(pid, "status", "VmHWM") / 2);
  return resident();
}

async function printed(terminal: Background, pid: number, bytes: number): Promise<void> {
  terminal.type("\n");
  await until(`${bytes} bytes have passed`, () => number(pid, "io", "wchar") >= bytes, 60);
}

for (const command of ["run", "exec"]) {
  test(`${command}: when nothing happens for a moment, most of its memory is given back`, async (t) => {
    const wait = ["sh", "-c", "read line; exit 6"];
    const subject = command === "run" ? container(t, { process: { args: wait } }) : await running(t);
    const args = command === "run" ? ["--bundle", subject.bundle, subject.id] : [subject.id, ...wait];
    const runtime = background(t, [...COMMAND, "--root", subject.root, command, ...args]);
    const pid = await runtimeOf(subject, command);
    await residentAtRest(pid);
    runtime.type("\n");
    t.equal(await runtime.ended(), 6);
  });
}

for (const [command, begin] of Object.entries(COMMANDS)) {
  test(`${command}: megabytes of output and thousands of signals`, async (t) => {
    const { subject, args } = await begin(t);
    const line = [...COMMAND, "--root", subject.root, ...args];
    const wrap = '"$@" > /dev/null; echo answer $?';
    const terminal = background(t, [probe(), "pty", "24", "80", "sh", "-c", wrap, "sh", ...line]);
    const pid = await runtimeOf(subject, command);
    await printed(terminal, pid, 1_990_000);
    process.kill(pid, 34);
    const before = await residentAtRest(pid);
    t.ok(before > 0);

    await printed(terminal, pid, 31_900_000);
    for (let count = 0; count < 4000; count++) process.kill(pid, count % 2 === 0 ? 34 : "SIGWINCH");
    await until("all signals are handed on", () => /^0+$/.test(status(read(`/proc/${pid}/status`), "ShdPnd")));
    const most = before + TOLERANCE_KB;
    await until(`it waits in ${most} kB, as before`, () => number(pid, "status", "VmRSS") <= most);

    terminal.type("\n");
    await terminal.ended();
    t.match(terminal.stdout, /answer 6/);
  });
}
