/** Where a run of the tests keeps its files: one directory, made at the first use, gone when the run ends. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** What the directory of every run is called at the beginning. */
export const PREFIX = "runt-test-";

/** The suite makes one directory for all its files; a test file run by itself makes its own and removes it. */
export const scratch = process.env.RUNT_TEST_DIR ?? temporary();

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), PREFIX));
  process.once("exit", () => remove(path));
  return path;
}

/** Removes a directory, but nothing that is still mounted in it. */
function remove(path: string): void {
  const mounted = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "");
  for (const target of mounted.filter((one) => one.startsWith(`${path}/`)).reverse())
    execFileSync("umount", ["--lazy", target]);
  rmSync(path, { recursive: true, force: true });
}

/** What the name of everything that this run makes begins with. */
export const run = basename(scratch);

let serial = 0;

/** A name that no other test of any run has: `runt-test-x7Qd2f-4711-3`. */
export function uniqueName(): string {
  return `${run}-${process.pid}-${++serial}`;
}

const FOLDERS = ["bin", "dev", "etc", "home", "mnt", "proc", "root", "run", "srv", "sys", "tmp", "var"];
const PASSWD = "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home:/bin/sh\n";

/**
 * A root file system of busybox and the probe that all tests share and none may change: `suite.ts` checks that.
 * @returns its path
 */
export function sharedRootfs(): string {
  const path = join(scratch, "rootfs");
  if (existsSync(path)) return path;
  const unfinished = join(scratch, `rootfs-${process.pid}`);
  for (const folder of FOLDERS) mkdirSync(join(unfinished, folder), { recursive: true });
  writeFileSync(join(unfinished, "etc/passwd"), PASSWD);
  cpSync("/bin/busybox", join(unfinished, "bin/busybox"), { dereference: true });
  for (const applet of execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" }).trim().split("\n")) {
    if (applet !== "busybox") symlinkSync("busybox", join(unfinished, "bin", applet));
  }
  const sources = ["probe.c", "probe-engine.c", "probe-attacker.c"].map(
    (name) => new URL(name, import.meta.url).pathname,
  );
  const flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-static"];
  execFileSync("gcc", [...flags, "-o", join(unfinished, "bin/probe"), ...sources]);
  execFileSync("mv", ["-T", unfinished, path]);
  return path;
}

/** The probe, for what runs on the host. */
export function probe(): string {
  return join(sharedRootfs(), "bin/probe");
}

/** A root file system that the test may spoil: the shared one's programs by hard link. */
export function ownRootfs(path: string): string {
  execFileSync("cp", ["-a", "--link", sharedRootfs(), path]);
  // What tests write over is a file of its own: a link to it would be written through.
  rmSync(join(path, "etc"), { recursive: true });
  mkdirSync(join(path, "etc"));
  writeFileSync(join(path, "etc/passwd"), PASSWD);
  return path;
}
