import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Mount } from "../../lib/config/schema.ts";
import { mountsSteps } from "../../lib/init/mounts.ts";
import { AT, O } from "../../lib/linux/fcntl.ts";
import { MOUNT_ATTR, MS, OPEN_TREE } from "../../lib/linux/mount.ts";
import type { Each, Step } from "../../lib/program/step.ts";
import { mountsSpec } from "../../lib/spec/mounts.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { runIn, testHost } from "./run-steps.ts";

/** The tables of these mounts: items with the names of their columns. */
function tables(...mounts: Mount[]) {
  const { make } = mountsSteps(mountsSpec({ mounts }, testHost(scratch)));
  const isTable = (step: Step): step is Each => step.op === "each";
  return make
    .filter(isTable)
    .map(({ items, into }) => items.map((item) => item.map((cell, i) => [into[i]?.name, cell])));
}

const FS: Mount = {
  destination: "/a/m",
  type: "devpts",
  source: "x",
  options: ["nosuid", "mode=620", "gid=5", "rprivate"],
};
const BIND: Mount = { destination: "/b", source: "/etc", options: ["rbind", "rprivate", "ro"] };

test("mountTable: what follows one another is one table, with as many columns as it needs", async (t) => {
  const [items, ...more] = tables(FS, BIND);
  t.same(more, []);
  t.same(items?.[0], [
    ["what", "devpts on /a/m"],
    ["destination", "/a/m"],
    ["name", "m"],
    ["is a file", 0],
    ["open flags", O.PATH | O.DIRECTORY | O.CLOEXEC],
    ["resolve flags", 0x12],
    ["type", "devpts"],
    ["source", "x"],
    ["flags", MS.NOSUID],
    ["data", "mode=620,gid=5"],
    ["keep", 0],
    ...[
      ["directory's name", "a"],
      ["directory's path", "/a"],
    ],
    ...[
      ["setattr flags", 0],
      ["set", 0],
      ["clear", 0],
      ["propagation", 0],
    ],
    ...[
      ["setattr flags", 0],
      ["set", 0],
      ["clear", 0],
      ["propagation", 0],
    ],
  ]);
  t.same(items?.[1], [
    ["what", "/etc on /b"],
    ["destination", "/b"],
    ["name", "b"],
    ["is a file", 0],
    ["open flags", O.PATH | O.DIRECTORY | O.CLOEXEC],
    ["resolve flags", 0x12],
    ["type", 0],
    ["source", "/etc"],
    ["flags", OPEN_TREE.CLONE | OPEN_TREE.CLOEXEC | AT.RECURSIVE],
    ["data", 0],
    ["keep", 0],
    ...[
      ["directory's name", 0],
      ["directory's path", 0],
    ],
    ...[
      ["setattr flags", AT.EMPTY_PATH | AT.RECURSIVE],
      ["set", 0],
      ["clear", 0],
      ["propagation", MS.PRIVATE],
    ],
    ...[
      ["setattr flags", AT.EMPTY_PATH],
      ["set", MOUNT_ATTR.RDONLY],
      ["clear", MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC | MOUNT_ATTR.NOSYMFOLLOW],
      ["propagation", 0],
    ],
  ]);
});

test("mountTable: another kind of mount ends a table", async (t) => {
  const other: Mount = { destination: "/t", type: "tmpfs" };
  t.same(
    tables(FS, BIND, other, FS, other).map((items) => items.length),
    [2, 1],
  );
});

test("mountTable: below a shared mount propagation is given after all", async (t) => {
  const [items] = tables({ ...BIND, options: ["bind", "shared"] }, BIND);
  const changes = items?.[1]?.filter(([name]) => name === "setattr flags").map(([, cell]) => cell);
  t.same(changes, [AT.EMPTY_PATH, AT.EMPTY_PATH | AT.RECURSIVE]);
});

/** Mounts in a root of the test's own, beside which `outside` is; both may be changed by `prepare` before. */
function mountIn(mounts: Mount[], script = "true", prepare: (root: string, outside: string) => void = () => {}) {
  const root = ownRootfs(join(scratch, uniqueName()));
  const outside = mkdtempSync(join(scratch, "outside-"));
  prepare(root, outside);
  return { root, outside, ...runIn({ root: { path: root }, mounts }, script) };
}

const FILE: Mount = { destination: "/a/b", source: "/etc/passwd", options: ["bind"] };
const DIRECTORY: Mount = { destination: "/a/b", source: "/etc", options: ["bind"] };

test("missing directories and files are made, readable by all", async (t) => {
  const deep = "/one/two/three/four/five/six";
  const { root, failure } = mountIn(
    [FILE, { ...DIRECTORY, destination: deep }],
    `grep -q root /a/b && test -e ${deep}/passwd`,
  );
  t.equal(failure, undefined);
  t.equal(statSync(join(root, "a")).mode & 0o7777, 0o755);
  t.equal(statSync(join(root, "a/b")).mode, 0o100644);
  t.equal(statSync(join(root, deep)).mode, 0o40755);
});

for (const mount of [FILE, DIRECTORY]) {
  const kind = mount === FILE ? "file" : "directory";
  test(`no ${kind} is made behind a dangling symlink (CVE-2024-45310)`, async (t) => {
    const { root, outside, failure } = mountIn([mount], "true", (root, outside) => {
      mkdirSync(join(root, "a"));
      symlinkSync(join(outside, "made"), join(root, "a/b"));
    });
    t.match(failure, mount === FILE ? /mknodat: EEXIST$/ : /openat2: ENOENT$/);
    t.same(readdirSync(outside), []);
    t.ok(readlinkSync(join(root, "a/b")));
  });

  test(`a missing ${kind} is made where a symlink leads inside the root (CVE-2019-18837)`, async (t) => {
    const { root, outside, failure } = mountIn([mount], "true", (root, outside) => {
      mkdirSync(join(root, outside), { recursive: true });
      symlinkSync(outside, join(root, "a"));
    });
    t.equal(failure, undefined);
    t.same(readdirSync(outside), []);
    t.ok(existsSync(join(root, outside, "b")));
  });
}

test("no magic link is followed", async (t) => {
  const mounts = [
    { destination: "/proc", type: "proc" },
    { ...DIRECTORY, destination: "/link/etc" },
  ];
  const { failure } = mountIn(mounts, "true", (root) => symlinkSync("/proc/self/root", join(root, "link")));
  t.equal(failure, "mount /etc on /link/etc: a symlink is on the way that must not be followed: fail: ELOOP");
});

const PLAIN: readonly { what: string; prepare: (root: string) => void; path: string }[] = [
  { what: "a symlink", prepare: (root) => symlinkSync("etc", join(root, "p")), path: "/p" },
  { what: "a dangling symlink", prepare: (root) => symlinkSync("nothing", join(root, "p")), path: "/p" },
  { what: "a place behind a symlink", prepare: (root) => symlinkSync(".", join(root, "p")), path: "/p/tmp" },
];

for (const type of ["proc", "sysfs"]) {
  for (const { what, prepare, path } of PLAIN) {
    test(`${type} is not mounted on ${what} (CVE-2019-19921, CVE-2025-54867)`, async (t) => {
      const { failure } = mountIn([{ destination: path, type }], "true", prepare);
      t.equal(failure, `mount ${type} on ${path}: a symlink is on the way that must not be followed: fail: ELOOP`);
    });
  }
}
