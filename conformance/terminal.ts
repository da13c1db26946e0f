/** config.md § Process: terminal and consoleSize. */
import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { TC, TIOC } from "../lib/linux/ioctl.ts";
import { buffer, type Slot, type Step, slot } from "../lib/program/step.ts";
import { type Config, merge } from "../test/support/bundle.ts";
import { calls, facts, fills, leadsTo, mountTable } from "./support/asks.ts";
import { type Answers, type Ask, type Asks, asked, decode, type Tell } from "./support/observer.ts";
import { beside, receives } from "./support/receiver.ts";
import { must } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const SECTION = "config.md § Process";
const TERMINAL =
  "if set to true on Linux a pseudoterminal pair is allocated for the process and the pseudoterminal pty is duplicated on the process's standard streams.";

/** Makes the terminal pass all bytes as they are: what the observer tells is no text. */
const RAW = { raw: calls("ioctl", 1, TC.SETS, new Uint8Array(36)) };

/** Reads a terminal's master side to its end, and tells all that comes. */
function reads(tell: Tell, fd: Slot): Step[] {
  const into = buffer("output", 4096);
  const length = slot("length");
  const piece = [asked("read", [fd, into, 4096], length), ...tell.answer(length, into)];
  return Array.from({ length: 40 }, () => piece).flat();
}

/** What an observer tells on a terminal that the runtime gave to us. */
async function onTerminal<A extends Asks>(c: Subject, asks: A, change: Config = {}): Promise<Answers<typeof RAW & A>> {
  const path = join(c.directory, "console");
  // The master is read by the program that received it.
  const listening: Ask<Uint8Array> = {
    steps: (tell) => receives(path, (fd) => reads(tell, fd)).steps(tell),
    decode: (told) => Buffer.concat(told.slice(4).map(({ data }) => data)),
  };
  const told = await beside(c, { listening });
  const all = { ...RAW, ...asks };
  c.prepare(merge({ process: { terminal: true } }, change), all);
  await c.succeed("create", c.create("--console-socket", path));
  await c.succeed("start", c.start());
  await c.becomes("stopped");
  const { listening: output } = await told();
  // The first record comes before the terminal is raw, and has no line end that it could change.
  return decode(all, new Uint8Array(output));
}

must("terminal-streams", SECTION, TERMINAL, async (c) => {
  const { stdin, stdout, stderr } = await onTerminal(c, {
    stdin: leadsTo("/proc/self/fd/0"),
    stdout: leadsTo("/proc/self/fd/1"),
    stderr: leadsTo("/proc/self/fd/2"),
  });
  for (const link of [stdin, stdout, stderr]) match(link, /^\/dev\/(pts\/0|console)$/);
});

must(
  "terminal-size",
  SECTION,
  "consoleSize (object, OPTIONAL) specifies the console size in characters of the terminal.",
  async (c) => {
    const { size } = await onTerminal(
      c,
      { size: fills("ioctl", 8, [1, TIOC.GWINSZ, undefined]) },
      { process: { consoleSize: { height: 33, width: 111 } } },
    );
    equal(`${size.getUint16(0, true)}x${size.getUint16(2, true)}`, "33x111");
  },
);

must(
  "terminal-console",
  "config-linux.md § Default Devices",
  "/dev/console is set up if terminal is enabled in the config by bind mounting the pseudoterminal pty to /dev/console.",
  async (c) => {
    const { mounts, console, pty } = await onTerminal(c, {
      mounts: mountTable(),
      console: facts("/dev/console"),
      pty: facts("/dev/pts/0"),
    });
    equal(mounts.find(({ target }) => target === "/dev/console")?.type, "devpts");
    ok(typeof console === "object" && typeof pty === "object", `${JSON.stringify(console)} ${JSON.stringify(pty)}`);
    equal(console.device, pty.device);
  },
);

must("terminal-size-ignored", SECTION, "Runtimes MUST ignore consoleSize if terminal is false or unset.", async (c) => {
  await c.ask({}, { process: { consoleSize: { height: 33, width: 111 } } });
});

must(
  "terminal-false",
  SECTION,
  "terminal (bool, OPTIONAL) specifies whether a terminal is attached to the process, defaults to false.",
  async (c) => {
    const { link } = await c.ask({ link: leadsTo("/proc/self/fd/0") });
    ok(!link.startsWith("/dev/pts"), link);
  },
);
