/** config.md § Process, terminal and consoleSize: a pseudoterminal of the container's own, given to whoever asked. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background, listener } from "../support/background.ts";
import type { Config } from "../support/bundle.ts";
import { COMMAND } from "../support/command.ts";
import { type Container, container, refused } from "../support/container.ts";
import { probe } from "../support/scratch.ts";

const TERMINAL = { terminal: true, consoleSize: { height: 30, width: 100 } };

function onTerminal(t: Test, script: string, process: Config = TERMINAL): Container {
  return container(t, { process: { args: ["sh", "-c", script], ...process } });
}

/** Creates the container with a receiver for its console and starts it. */
async function started(t: Test, subject: Container) {
  const socket = join(subject.directory, "console.sock");
  const receiver = await listener(t, [probe(), "recvtty", socket]);
  const created = await subject.create(["--console-socket", socket]);
  t.equal(created.code, 0, created.stderr);
  t.equal((await subject.start()).code, 0);
  return receiver;
}

/** The same container in the foreground of a terminal of 24 by 80. */
function inForeground(t: Test, subject: Container, wrap = '"$@"') {
  const args = [...COMMAND, "--root", subject.root, "run", "--bundle", subject.bundle, subject.id];
  return background(t, [probe(), "pty", "24", "80", "sh", "-c", wrap, "sh", ...args]);
}

test("--console-socket gets the master of a terminal that is the program's", async (t) => {
  const facts = [
    "tty",
    "stty size",
    "stat -c %t:%T $(tty)",
    "stat -c %t:%T /dev/console",
    "cut -d' ' -f7 /proc/self/stat",
    "echo > /dev/tty && echo controls",
  ];
  const receiver = await started(t, onTerminal(t, facts.join("; ")));
  await receiver.ended();
  const [tty, size, device, console, controlling, , controls] = receiver.stdout.split("\r\n");
  t.match(tty, /^\/dev\/(pts\/0|console)$/);
  t.equal(size, "30 100");
  t.equal(device, "88:0", "the first of the container's own devpts");
  t.equal(console, "88:0", "/dev/console is the same");
  t.equal(controlling, String(0x88 << 8));
  t.equal(controls, "controls");
});

test("all three streams are the terminal, and nothing else is open", async (t) => {
  const subject = container(t, { process: { ...TERMINAL, args: ["probe", "fds"] } });
  const receiver = await started(t, subject);
  await receiver.ended();
  const lines = receiver.stdout.trim().split("\r\n");
  t.same(
    lines.map((line) => line.split(" ")[0]),
    ["0", "1", "2"],
  );
  for (const line of lines) t.match(line, /\/dev\/(pts\/0|console)$/);
});

test("what is typed arrives, and ^C interrupts", async (t) => {
  const receiver = await started(
    t,
    onTerminal(
      t,
      "read line; echo got $line; trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.01; done",
    ),
  );
  receiver.type("hello\n");
  await receiver.says(/got hello[\s\S]*ready/);
  receiver.type("\x03");
  await receiver.says(/interrupted/);
  t.pass();
});

test("the terminal belongs to the program's user", async (t) => {
  const receiver = await started(
    t,
    onTerminal(t, "stat -c '%u %g %a' $(tty); echo again > $(tty)", { ...TERMINAL, user: { uid: 1000, gid: 1000 } }),
  );
  await receiver.ended();
  t.match(receiver.stdout, /^1000 5 620\r\nagain\r\n/);
});

test("without consoleSize the terminal has none", async (t) => {
  const receiver = await started(t, onTerminal(t, "probe window", { terminal: true }));
  await receiver.ended();
  t.equal(receiver.stdout, "0 0\r\n");
});

test("consoleSize without terminal is ignored", async (t) => {
  const subject = onTerminal(t, "tty; exit 0", { terminal: false, consoleSize: { height: 1, width: 1 } });
  t.equal((await subject.run()).stdout, "not a tty\n");
});

test("in the foreground the container's terminal is the caller's own, with its size and exit status", async (t) => {
  const terminal = inForeground(
    t,
    onTerminal(t, "stty size; tty; read line; echo got $line; exit 4", { terminal: true }),
    '"$@"; echo answer $?',
  );
  await terminal.says(/24 80/);
  terminal.type("typed\n");
  await terminal.says(/got typed/);
  t.equal(await terminal.ended(), 0);
  t.match(terminal.stdout, /answer 4/);
});

test("in the foreground consoleSize holds where the caller's terminal has no size", async (t) => {
  const subject = onTerminal(t, "sleep 0.1; stty size", { ...TERMINAL, consoleSize: { height: 11, width: 22 } });
  const terminal = inForeground(t, subject, 'stty rows 0 cols 0; "$@"');
  await terminal.says(/11 22/);
  t.equal(await terminal.ended(), 0);
});

test("in the foreground a change of the caller's size reaches the container", async (t) => {
  const script = "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.01; done";
  const terminal = inForeground(t, onTerminal(t, script, { terminal: true }));
  await terminal.says(/ready/);
  terminal.signal("SIGUSR1");
  await terminal.says(/33 133/);
  t.equal(await terminal.ended(), 0);
});

test("in the foreground keys are the container's, and the caller's terminal is as before afterwards", async (t) => {
  const script = "trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.01; done";
  const terminal = inForeground(
    t,
    onTerminal(t, script, { terminal: true }),
    'echo before $(stty -g); "$@"; echo after $(stty -g)',
  );
  await terminal.says(/ready/);
  terminal.type("\x03");
  await terminal.says(/interrupted/);
  await terminal.ended();
  const [before, after] = ["before", "after"].map((word) => new RegExp(`${word} (\\S+)`).exec(terminal.stdout)?.[1]);
  t.ok(before);
  t.equal(after, before);
});

test("a terminal is refused", async (t) => {
  t.match(await refused(t, { process: TERMINAL }), /console.?socket/i, "by create when nobody takes it");
  const subject = container(t);
  const socket = join(subject.directory, "console.sock");
  const plain = await subject.create(["--console-socket", socket]);
  t.not(plain.code, 0);
  t.match(plain.stderr, /terminal|tty|console/i, "a socket for a container without one");
  const nobody = container(t, { process: TERMINAL });
  const { code, stderr } = await nobody.create(["--console-socket", join(nobody.directory, "nobody.sock")]);
  t.not(code, 0);
  t.match(stderr, /console|nobody\.sock/i, "a socket that nobody listens on");
  t.same(await nobody.remains(), []);
  t.notOk(existsSync(socket));
});
