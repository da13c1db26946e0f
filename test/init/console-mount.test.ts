import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Mount } from "../../lib/config/schema.ts";
import { consoleSteps } from "../../lib/init/console-mount.ts";
import { call, slot } from "../../lib/program/step.ts";
import type { ProcessSpec } from "../../lib/spec/container-spec.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { fileSystemSteps, filesSpec, runSteps, testHost } from "./run-steps.ts";

const DEVPTS: Mount = {
  destination: "/dev/pts",
  type: "devpts",
  options: ["newinstance", "ptmxmode=0666", "mode=620"],
};
const MOUNTS: Mount[] = [{ destination: "/proc", type: "proc" }, { destination: "/dev", type: "tmpfs" }, DEVPTS];

/** Opens a terminal in a root of the test's own; the script has its slave as stdin. */
function terminalIn(script: string, mounts = MOUNTS, prepare: (root: string) => void = () => {}) {
  const root = ownRootfs(join(scratch, uniqueName()));
  prepare(root);
  const slave = slot("slave");
  const master = slot("master");
  const process = { consoleSize: { height: 17, width: 99 } } as ProcessSpec;
  const extra = [
    ...consoleSteps(process, master, slave),
    // Without its master the terminal would be hung up.
    call("keep the master", "dup3", [master, 9, 0]),
    call("make the slave stdin", "dup3", [slave, 0, 0]),
  ];
  const steps = fileSystemSteps(filesSpec({ root: { path: root }, mounts }, testHost(scratch)), extra);
  return { root, ...runSteps(steps, script) };
}

test("a terminal of the container's devpts, of the size asked for, is its console", async (t) => {
  const { output, failure } = terminalIn("tty; stty size; stat -c '%F %t:%T' /dev/console /dev/pts/0");
  t.equal(failure, undefined);
  t.equal(output, "/dev/pts/0\n17 99\ncharacter special file 88:0\ncharacter special file 88:0\n");
});

test("a file of that name is covered", async (t) => {
  const { root, output, failure } = terminalIn("stat -c %t:%T /dev/console", [DEVPTS], (root) =>
    writeFileSync(join(root, "dev/console"), "x"),
  );
  t.equal(failure, undefined);
  t.equal(output, "88:0\n");
  t.ok(existsSync(join(root, "dev/console")));
});

test("a symlink of that name is covered, and nothing is made where it leads (CVE-2026-88264)", async (t) => {
  const victim = join(scratch, uniqueName());
  mkdirSync(victim);
  const { root, output, failure } = terminalIn("stat -c %t:%T /dev/console", [DEVPTS], (root) => {
    mkdirSync(join(root, victim), { recursive: true });
    symlinkSync(join(victim, "made"), join(root, "dev/console"));
  });
  t.equal(failure, undefined);
  t.equal(output, "88:0\n");
  t.notOk(existsSync(join(victim, "made")));
  t.notOk(existsSync(join(root, victim, "made")));
});

test("a /dev/pts that is no devpts is an error: nothing in it is opened (CVE-2025-52565)", async (t) => {
  const { failure } = terminalIn("true", [], (root) => {
    mkdirSync(join(root, "dev/pts"));
    symlinkSync("/etc/passwd", join(root, "dev/pts/ptmx"));
  });
  t.equal(failure, "open a terminal: a terminal needs a mount of type devpts on /dev/pts: fail: ENODEV");
});
