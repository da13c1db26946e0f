/** `exec` with a terminal: of the container's devpts, given to whoever asked, and to nobody else. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background, listener } from "../support/background.ts";
import { COMMAND } from "../support/command.ts";
import { type Container, running } from "../support/container.ts";
import { alive, until } from "../support/host.ts";
import { probe } from "../support/scratch.ts";

/** `exec` in the foreground of a terminal of 24 by 80. */
function inForeground(t: Test, { root, id }: Container, command: readonly string[], wrap = '"$@"') {
  const args = [...COMMAND, "--root", root, "exec", "--tty", id, ...command];
  return background(t, [probe(), "pty", "24", "80", "sh", "-c", wrap, "sh", ...args]);
}

test("--console-socket gets the master, the program the slave", async (t) => {
  const subject = await running(t);
  const socket = join(subject.directory, "console.sock");
  const facts = "tty; stat -c %t:%T $(tty); cut -d' ' -f7 /proc/self/stat; id -u; read line; echo got $line";
  const receiver = await listener(t, [probe(), "recvtty", socket]);
  const flags = ["--tty", "--detach", "--console-socket", socket, "--user", "1000"];
  const { code, stderr } = await subject.exec(["sh", "-c", facts], flags);
  t.equal(code, 0, stderr);
  await receiver.says(/1000\r\n/);
  receiver.type("hello\n");
  await receiver.ended();
  const [tty, device, controlling, uid, , got] = receiver.stdout.split("\r\n");
  t.same([tty, device, controlling, uid, got], ["/dev/pts/0", "88:0", String(0x88 << 8), "1000", "got hello"]);
});

test("nothing but the terminal is open", async (t) => {
  const subject = await running(t);
  const terminal = inForeground(t, subject, ["probe", "fds"]);
  await terminal.ended();
  const lines = terminal.stdout.trim().split("\r\n");
  t.same(
    lines.map((line) => line.split(" ")[0]),
    ["0", "1", "2"],
  );
  for (const line of lines) t.match(line, /\/dev\/pts\/0$/);
});

test("a process file asks for one as well, and for its size", async (t) => {
  const subject = await running(t);
  const socket = join(subject.directory, "console.sock");
  const file = join(subject.directory, "process.json");
  const consoleSize = { height: 30, width: 100 };
  writeFileSync(file, JSON.stringify({ terminal: true, consoleSize, cwd: "/", args: ["sh", "-c", "stty size"] }));
  const receiver = await listener(t, [probe(), "recvtty", socket]);
  t.equal((await subject.exec([], ["-p", file, "-d", "--console-socket", socket])).code, 0);
  await receiver.ended();
  t.equal(receiver.stdout, "30 100\r\n");
});

test("in the foreground it is the caller's own: size, keys, exit status, and as before afterwards", async (t) => {
  const subject = await running(t);
  const script = "stty size; trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.01; done";
  const wrap = 'echo before $(stty -g); "$@"; echo answer $?; echo after $(stty -g)';
  const terminal = inForeground(t, subject, ["sh", "-c", script], wrap);
  await terminal.says(/24 80[\s\S]*ready/);
  terminal.type("\x03");
  await terminal.ended();
  t.match(terminal.stdout, /interrupted[\s\S]*answer 3/);
  const [before, after] = ["before", "after"].map((word) => new RegExp(`${word} (\\S+)`).exec(terminal.stdout)?.[1]);
  t.ok(before);
  t.equal(after, before);
});

test("a change of the caller's size reaches the program", async (t) => {
  const script = "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.01; done";
  const terminal = inForeground(t, await running(t), ["sh", "-c", script]);
  await terminal.says(/ready/);
  terminal.signal("SIGUSR1");
  await terminal.says(/33 133/);
  t.equal(await terminal.ended(), 0);
});

/** Rows of: how it ends, the command, and the exit status. */
const ENDS: readonly [how: string, command: string[], code: number][] = [
  ["the program is not there", ["nope"], 255],
  ["the program is killed", ["sh", "-c", "kill -KILL $$"], 137],
  ["somebody is left on the terminal", ["sh", "-c", "sleep 1000 & exit 7"], 7],
];

for (const [how, command, code] of ENDS) {
  test(`the caller's terminal is as before when ${how}`, async (t) => {
    const subject = await running(t);
    const wrap = 'echo before $(stty -g); "$@"; echo answer $?; echo after $(stty -g)';
    const terminal = inForeground(t, subject, command, wrap);
    await terminal.ended();
    t.match(terminal.stdout, `answer ${code}`);
    const [before, after] = ["before", "after"].map((word) => new RegExp(`${word} (\\S+)`).exec(terminal.stdout)?.[1]);
    t.ok(before);
    t.equal(after, before);
  });
}

test("signals go to the program", async (t) => {
  const subject = await running(t);
  const { root, id } = subject;
  const script = "trap 'echo term; exit 4' TERM; trap 'echo usr' USR1; echo ready; while :; do sleep 0.01; done";
  for (const flags of [[], ["--tty"]]) {
    const program = background(t, [...COMMAND, "--root", root, "exec", ...flags, id, "sh", "-c", script]);
    await program.says(/ready/);
    program.signal("SIGUSR1");
    await program.says(/usr/);
    program.signal("SIGTERM");
    t.equal(await program.ended(), 4, flags.join());
    t.match(program.stdout, /term/);
  }
});

test("when nobody reads its output any more, the terminal hangs up", async (t) => {
  const subject = await running(t);
  const pidFile = join(subject.directory, "pid");
  const args = [...COMMAND, "--root", subject.root, "exec", "--tty", "--pid-file", pidFile, subject.id];
  const script = '"$@" | head -c 10; echo; cat "$0" | sed "s/^/pid /"';
  const program = background(t, ["sh", "-c", script, pidFile, ...args, "sh", "-c", "cat /dev/zero"]);
  t.equal(await program.ended(), 0);
  const pid = Number(/pid (\d+)/.exec(program.stdout)?.[1]);
  t.ok(pid > 0);
  await until("the program has ended", () => !alive(pid));
});
