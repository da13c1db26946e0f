import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Device, Mount } from "../../lib/config/schema.ts";
import { deviceSteps } from "../../lib/init/devices.ts";
import { writtenOut } from "../../lib/program/order.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { listing } from "./listing.ts";
import { filesSpec, runIn, testHost } from "./run-steps.ts";

const DEV: Mount = { destination: "/dev", type: "tmpfs", options: ["nosuid", "mode=755"] };

/** Makes devices in a root of the test's own and looks at them from inside. */
function devicesIn(devices: Device[], script: string, { mounts = [DEV], prepare = (_root: string) => {} } = {}) {
  const root = ownRootfs(join(scratch, uniqueName()));
  prepare(root);
  return { root, ...runIn({ root: { path: root }, mounts, linux: { devices } }, script) };
}

test("deviceSteps: in a new /dev each device is one call, where it may be made", async (t) => {
  const steps = deviceSteps(filesSpec({ root: { path: "/" }, mounts: [DEV] }, testHost("/")));
  const attempts = writtenOut(steps).filter((step) => step.op === "attempt");
  t.same(
    attempts.map((step) => listing(step.steps).map((line) => line.trim().split(" ")[0])),
    Array(6).fill(["mknodat"]),
  );
});

test("default devices and symlinks", async (t) => {
  const { output, failure } = devicesIn([], "cd /dev; stat -c '%n %F %a %t:%T %N' *");
  t.equal(failure, undefined);
  t.equal(
    output,
    `fd symbolic link 777 0:0 'fd' -> '/proc/self/fd'
full character special file 666 1:7 full
null character special file 666 1:3 null
ptmx symbolic link 777 0:0 'ptmx' -> 'pts/ptmx'
random character special file 666 1:8 random
stderr symbolic link 777 0:0 'stderr' -> '/proc/self/fd/2'
stdin symbolic link 777 0:0 'stdin' -> '/proc/self/fd/0'
stdout symbolic link 777 0:0 'stdout' -> '/proc/self/fd/1'
tty character special file 666 5:0 tty
urandom character special file 666 1:9 urandom
zero character special file 666 1:5 zero
`,
  );
});

test("devices of every type, in and outside of /dev, with mode and owner", async (t) => {
  const { output, failure } = devicesIn(
    [
      { type: "c", path: "/dev/net/tun", major: 10, minor: 200, fileMode: 0o620, uid: 5, gid: 6 },
      { type: "b", path: "/dev/disk", major: 259, minor: 70000, fileMode: 0o777 },
      { type: "u", path: "/other/place/u", major: 1, minor: 3 },
      { type: "p", path: "/dev/pipe", fileMode: 0o602 },
    ],
    "stat -c '%n %F %a %u:%g %t:%T' /dev/net/tun /dev/disk /other/place/u /dev/pipe",
  );
  t.equal(failure, undefined);
  t.equal(
    output,
    `/dev/net/tun character special file 620 5:6 a:c8
/dev/disk block special file 777 0:0 103:11170
/other/place/u character special file 666 0:0 1:3
/dev/pipe fifo 602 0:0 0:0
`,
  );
});

test("a hundred devices", async (t) => {
  const devices = Array.from(
    { length: 100 },
    (_, minor): Device => ({ type: "c", path: `/dev/d${minor}`, major: 4, minor }),
  );
  const { output, failure } = devicesIn(devices, "ls /dev | wc -l");
  t.equal(failure, undefined);
  t.equal(output, "111\n");
});

test("the image's own devices are taken if they are the right ones", async (t) => {
  const mknod = (root: string) => execFileSync("mknod", ["-m", "600", join(root, "dev/null"), "c", "1", "3"]);
  const { root, failure } = devicesIn([], "true", { mounts: [], prepare: (root) => void mknod(root) });
  t.equal(failure, undefined);
  t.equal(lstatSync(join(root, "dev/null")).mode & 0o777, 0o600);
  t.ok(existsSync(join(root, "dev/full")));
});

const WRONG: readonly { what: string; make: (path: string) => void }[] = [
  { what: "a symlink", make: (path) => symlinkSync("/dev/zero", path) },
  { what: "a file", make: (path) => writeFileSync(path, "") },
  { what: "a directory", make: (path) => mkdirSync(path) },
  { what: "a device of another number", make: (path) => execFileSync("mknod", [path, "c", "1", "5"]) },
  { what: "a device of another type", make: (path) => execFileSync("mknod", [path, "b", "1", "3"]) },
];

for (const { what, make } of WRONG) {
  test(`${what} in a device's place is an error`, async (t) => {
    const { failure } = devicesIn([], "true", { mounts: [], prepare: (root) => make(join(root, "dev/null")) });
    t.equal(failure, "make device /dev/null: there is another file of that name: fail: EEXIST");
  });
}

test("a file mounted in a device's place is an error", async (t) => {
  const mounts = [DEV, { destination: "/dev/null", source: "/etc/passwd", options: ["bind"] }];
  t.equal(
    devicesIn([], "true", { mounts }).failure,
    "make device /dev/null: there is another file of that name: fail: EEXIST",
  );
});

test("the host's null device may be mounted in its place", async (t) => {
  const mounts = [DEV, { destination: "/dev/null", source: "/dev/null", options: ["bind"] }];
  t.equal(devicesIn([], "true", { mounts }).failure, undefined);
});

test("ptmx of the image is replaced, its stdin is not", async (t) => {
  const { output, failure } = devicesIn([], "readlink /dev/ptmx; readlink /dev/stdin", {
    mounts: [],
    prepare: (root) => {
      writeFileSync(join(root, "dev/ptmx"), "");
      symlinkSync("elsewhere", join(root, "dev/stdin"));
    },
  });
  t.equal(failure, undefined);
  t.equal(output, "pts/ptmx\nelsewhere\n");
});

for (const way of ["absolute", "relative"]) {
  test(`a /dev that is an ${way} symlink to a directory of the host leaves that alone (CVE-2026-41579, CVE-2026-47766)`, async (t) => {
    const victim = join(scratch, uniqueName());
    mkdirSync(victim);
    writeFileSync(join(victim, "ptmx"), "of the host");
    const { root, failure } = devicesIn([], "true", {
      mounts: [],
      prepare: (root) => {
        rmSync(join(root, "dev"), { recursive: true });
        symlinkSync(way === "absolute" ? victim : `../../../../../../../..${victim}`, join(root, "dev"));
        mkdirSync(join(root, victim), { recursive: true });
      },
    });
    t.equal(failure, undefined);
    t.same(readdirSync(victim), ["ptmx"]);
    t.ok(existsSync(join(root, victim, "null")), "the devices are where the link leads in the image");
  });
}
