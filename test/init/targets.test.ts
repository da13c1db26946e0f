import { existsSync, mkdirSync, readdirSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { openPlainTarget, openTarget } from "../../lib/init/targets.ts";
import { O } from "../../lib/linux/fcntl.ts";
import { call, slot } from "../../lib/program/step.ts";
import { scratch, uniqueName } from "../support/scratch.ts";
import { listing } from "./listing.ts";
import { runProgram } from "./run-steps.ts";

const ANY = `[0x${(O.PATH | O.CLOEXEC).toString(16)} 0x0 0x12]`;
const DIRECTORY = `[0x${(O.PATH | O.DIRECTORY | O.CLOEXEC).toString(16)} 0x0 0x12]`;

test("openTarget: a place that is there is one call; a missing one is made name by name", async (t) => {
  t.same(listing([openTarget("test", slot("rootfs"), "/a/b", slot("target"))]), [
    "attempt",
    `  openat2 <rootfs> /a/b ${ANY} 0x18 -> <target>`,
    "on ENOENT",
    "  mkdirat <rootfs> a 0x1ed ?EEXIST",
    `  openat2 <rootfs> /a ${DIRECTORY} 0x18 -> <directory>`,
    "  mkdirat <directory> b 0x1ed ?EEXIST",
    `  openat2 <rootfs> /a/b ${ANY} 0x18 -> <target>`,
    "  close <directory>",
  ]);
});

/** Opens `path` in a root made by `prepare` as a target, and says what has become of both the root and what is beside it. */
function open(
  prepare: (root: string, outside: string) => void,
  path: string,
  { file = false, plain = false }: { file?: boolean; plain?: boolean } = {},
) {
  const place = join(scratch, uniqueName());
  const root = join(place, "root");
  const outside = join(place, "outside");
  mkdirSync(root, { recursive: true });
  mkdirSync(outside);
  prepare(root, outside);
  const rootfd = slot("rootfs");
  const target = slot("target");
  const { failure } = runProgram([
    call("open the root", "openat", [-100, root, O.PATH | O.DIRECTORY, 0], { result: rootfd }),
    plain ? openPlainTarget("test", rootfd, path, target) : openTarget("test", rootfd, path, target, { file }),
  ]);
  return { root, failure, outside: readdirSync(outside) };
}

test("openTarget makes missing directories, readable by all", async (t) => {
  const { root, failure } = open((root) => mkdirSync(join(root, "a")), "/a/b/c");
  t.equal(failure, undefined);
  t.equal(statSync(join(root, "a/b/c")).mode & 0o7777, 0o755);
});

test("openTarget makes a missing file in missing directories", async (t) => {
  const { root, failure } = open(() => {}, "/a/b", { file: true });
  t.equal(failure, undefined);
  t.ok(statSync(join(root, "a/b")).isFile());
  t.equal(statSync(join(root, "a/b")).size, 0);
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

for (const file of [false, true]) {
  test(`openTarget makes no ${file ? "file" : "directory"} behind a dangling symlink (CVE-2024-45310)`, async (t) => {
    const { root, failure, outside } = open(
      (root, outside) => {
        mkdirSync(join(root, "a"));
        symlinkSync(join(outside, "made"), join(root, "a/link"));
      },
      "/a/link",
      { file },
    );
    t.match(failure, file ? /mknodat: EEXIST/ : /openat2: ENOENT/);
    t.same(outside, []);
    t.ok(readlinkSync(join(root, "a/link")));
  });
}

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

const PLAIN: readonly { what: string; prepare: (root: string) => void; path: string }[] = [
  { what: "a symlink", prepare: (root) => symlinkSync("etc", join(root, "proc")), path: "/proc" },
  { what: "a dangling symlink", prepare: (root) => symlinkSync("nothing", join(root, "proc")), path: "/proc" },
  {
    what: "a place behind a symlink",
    prepare: (root) => {
      mkdirSync(join(root, "a/b"), { recursive: true });
      symlinkSync("a", join(root, "link"));
    },
    path: "/link/b",
  },
];

for (const { what, prepare, path } of PLAIN) {
  test(`openPlainTarget refuses ${what} (CVE-2019-19921, CVE-2025-54867)`, async (t) => {
    const { failure } = open(prepare, path, { plain: true });
    t.equal(failure, "test: it must be a directory of the image, not a symlink: fail: ELOOP");
  });
}

test("openPlainTarget makes a missing directory", async (t) => {
  const { root, failure } = open(() => {}, "/proc", { plain: true });
  t.equal(failure, undefined);
  t.ok(statSync(join(root, "proc")).isDirectory());
});
