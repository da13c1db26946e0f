/**
 * `npm test`: installs what the tests need, builds, runs every test through tap, and then looks at what they have left on
 * the machine. Its last line is `N passed, N failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { has, needPackages } from "../../bin/build/tools.ts";
import { PREFIX } from "./scratch-name.ts";

const PACKAGES = {
  "busybox-static": existsSync("/var/lib/dpkg/info/busybox-static.list"),
  gcc: has.program("gcc"),
  "libc6-dev": has.header("stdio.h"),
  strace: has.program("strace"),
  "qemu-user-static": has.program("qemu-aarch64-static"),
};

/** Runs a program that shares our output. @returns whether it succeeded */
function runs(program: string, args: readonly string[]): boolean {
  const { status } = spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"] });
  return status === 0;
}

/** The numbers of a TAP file's last summary: `# { total: 5, pass: 4, skip: 1 }`. */
function counts(tap: string): { pass: number; fail: number; skip: number } {
  const summary = tap.match(/^# \{ total: .*\}$/gm)?.at(-1) ?? "";
  const count = (name: string) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(summary)?.[1] ?? 0);
  return { pass: count("pass"), fail: count("fail"), skip: count("skip") + count("todo") };
}
