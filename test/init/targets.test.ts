import { existsSync, mkdirSync, readdirSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { openTarget, ROOT } from "../../lib/init/targets.ts";
import { O } from "../../lib/linux/fcntl.ts";
import { call, slot } from "../../lib/program/step.ts";
import { scratch, uniqueName } from "../support/scratch.ts";
import { listing } from "./listing.ts";
import { runProgram } from "./run-steps.ts";

const ANY = `[0x${(O.PATH | O.CLOEXEC).toString(16)} 0x0 0x12]`;
const DIRECTORY = `[0x${(O.PATH | O.DIRECTORY | O.CLOEXEC).toString(16)} 0x0 0x12]`;

test("openTarget: a place that is there is one call; a missing one is made name by name", async (t) => {
  t.same(listing([openTarget("test", "/a/b", slot("target"))]), [
    "attempt",
    `  openat2 <root> /a/b ${ANY} 0x18 -> <target>`,
    "on ENOENT",
    "  mkdirat <root> a 0x1ed ?EEXIST",
    `  openat2 <root> /a ${DIRECTORY} 0x18 -> <directory>`,
    "  mkdirat <directory> b 0x1ed ?EEXIST",
    `  openat2 <root> /a/b ${ANY} 0x18 -> <target>`,
    "  close <directory>",
  ]);
});

/** Opens `path` in a root made by `prepare` as a target, and says what has become of the root and of what is beside it. */
function open(prepare: (root: string, outside: string) => void, path: string) {
  const place = join(scratch, uniqueName());
  const root = join(place, "root");
  const outside = join(place, "outside");
  mkdirSync(root, { recursive: true });
  mkdirSync(outside);
  prepare(root, outside);
  const { failure } = runProgram([
    call("open the root", "openat", [-100, root, O.PATH | O.DIRECTORY, 0], { result: ROOT }),
    openTarget("test", path, slot("target")),
  ]);
  return { root, failure, outside: readdirSync(outside) };
}

test("openTarget makes missing directories, readable by all", async (t) => {
  const { root, failure } = open((root) => mkdirSync(join(root, "a")), "/a/b/c");
  t.equal(failure, undefined);
  t.equal(statSync(join(root, "a/b/c")).mode & 0o7777, 0o755);
});

test("openTarget makes what is missing behind a symlink where that leads inside the root (CVE-2019-18837)", async (t) => {
  const { root, failure, outside } = open((root, outside) => {
    mkdirSync(join(root, outside), { recursive: true });
    symlinkSync(outside, join(root, "absolute"));
    symlinkSync("../../../../../..", join(root, "up"));
  }, "/absolute/made/deep");
  t.equal(failure, undefined);
  t.same(outside, []);
  t.ok(existsSync(join(root, root, "../outside/made/deep")));
});

test("openTarget does not leave the root by ..", async (t) => {
  const { root, failure } = open((root) => symlinkSync("../../../../../../../..", join(root, "up")), "/up/made");
  t.equal(failure, undefined);
  t.ok(existsSync(join(root, "made")));
  t.notOk(existsSync("/made"));
});

test("openTarget makes nothing behind a dangling symlink (CVE-2024-45310)", async (t) => {
  const { root, failure, outside } = open((root, outside) => {
    mkdirSync(join(root, "a"));
    symlinkSync(join(outside, "made"), join(root, "a/link"));
  }, "/a/link");
  t.equal(failure, "test: openat2: ENOENT");
  t.same(outside, []);
  t.ok(readlinkSync(join(root, "a/link")));
});

test("openTarget follows no magic link", async (t) => {
  const { failure } = open((root) => {
    mkdirSync(join(root, "proc"));
    symlinkSync("/proc/self/cwd", join(root, "link"));
  }, "/link");
  t.match(
    failure,
    /ENOENT|ELOOP/,
    "there is no procfs in the root, and were there one, its links would not be followed",
  );
});

test("openTarget refuses a file in the way", async (t) => {
  const { failure } = open((root) => writeFileSync(join(root, "a"), ""), "/a/b");
  t.equal(failure, "test: openat2: ENOTDIR");
});
