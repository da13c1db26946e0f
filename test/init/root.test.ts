import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Linux } from "../../lib/config/schema.ts";
import { call } from "../../lib/program/step.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { mountOn } from "./mountinfo.ts";
import { fileSystemSteps, filesSpec, runIn, runSteps, testHost } from "./run-steps.ts";

/** Without a mount on /dev, the devices are made in the root itself. */
const ROOT = ownRootfs(join(scratch, uniqueName()));
const PROC = { destination: "/proc", type: "proc" };

test("the root becomes /, and nothing of the host stays mounted", async (t) => {
  const { output, status, failure } = runIn({ root: { path: ROOT }, mounts: [PROC] }, "pwd; cat /proc/self/mountinfo");
  t.equal(failure, undefined);
  t.equal(status, 0);
  const [directory, ...mounts] = output.trim().split("\n");
  t.equal(directory, "/");
  t.same(
    mounts.map((line) => line.split(" ")[4]),
    ["/", "/proc"],
  );
});

test("the host's own mounts are as before", async (t) => {
  const before = readFileSync("/proc/self/mountinfo", "utf8");
  t.equal(runIn({ root: { path: ROOT }, mounts: [PROC], linux: { maskedPaths: ["/proc/bus"] } }, "true").status, 0);
  t.equal(readFileSync("/proc/self/mountinfo", "utf8"), before);
});

test("a read-only root can't be written, what is mounted in it can", async (t) => {
  const mounts = [PROC, { destination: "/tmp", type: "tmpfs" }];
  const { output } = runIn(
    { root: { path: ROOT, readonly: true }, mounts },
    "echo > /x; echo > /tmp/x && echo written",
  );
  t.match(output, /can't create \/x: Read-only file system/);
  t.match(output, /^written$/m);
});

const PROPAGATION: readonly { is: Linux["rootfsPropagation"]; root: RegExp }[] = [
  { is: "private", root: /^$/ },
  { is: "rprivate", root: /^$/ },
  { is: "slave", root: /^$/ },
  { is: "rshared", root: /^shared:\d+$/ },
  { is: "shared", root: /^shared:\d+$/ },
  { is: "unbindable", root: /^unbindable$/ },
  { is: "runbindable", root: /^unbindable$/ },
];

for (const { is, root } of PROPAGATION) {
  test(`rootfsPropagation ${is}`, async (t) => {
    const linux: Partial<Linux> = {
      ...(is === undefined ? {} : { rootfsPropagation: is }),
      maskedPaths: ["/proc/bus"],
    };
    const { output, failure } = runIn({ root: { path: ROOT }, mounts: [PROC], linux }, "cat /proc/self/mountinfo");
    t.equal(failure, undefined);
    t.match(mountOn(output, "/").propagation, root);
    t.equal(mountOn(output, "/").count, 1);
  });
}

/** Runs `work` with a directory that is a shared mount, on a host which has some. */
function withSharedMount(work: (path: string) => void): void {
  const path = join(scratch, uniqueName());
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "runt-test", path]);
  try {
    execFileSync("mount", ["--make-shared", path]);
    work(path);
  } finally {
    execFileSync("umount", ["--recursive", path]);
  }
}

for (const is of [undefined, "rslave", "rshared"] as const) {
  test(`with rootfsPropagation ${is} a root on a shared mount leaves no mount on the host`, async (t) => {
    withSharedMount((path) => {
      const root = join(path, "rootfs");
      for (const folder of ["bin", "proc"]) mkdirSync(join(root, folder), { recursive: true });
      copyFileSync("/bin/busybox", join(root, "bin/busybox"));
      const linux: Partial<Linux> = {
        maskedPaths: ["/proc/bus"],
        ...(is === undefined ? {} : { rootfsPropagation: is }),
      };
      const mounts = [PROC, { destination: "/m", source: path, options: ["rbind", "rprivate"] }];
      const { output, failure } = runIn({ root: { path: root }, mounts, linux }, "busybox cat /proc/self/mountinfo");
      t.equal(failure, undefined);
      const propagation = mountOn(output, "/").propagation;
      t.match(propagation, is === undefined ? /^$/ : is === "rslave" ? /^master:\d+$/ : /^shared:\d+$/);
      t.match(mountOn(output, "/m").propagation, is === "rshared" ? /^shared:\d+$/ : /^$/);
      const host = readFileSync("/proc/self/mountinfo", "utf8");
      t.equal(mountOn(host, path).count, 1);
      t.equal(host.split("\n").filter((line) => line.includes(`${path}/`)).length, 0);
      t.ok(statSync(join(root, "bin/busybox")).isFile(), "and takes none from it");
    });
  });
}

test("without pivot_root the root is / all the same, and the host's procfs is gone", async (t) => {
  const spec = filesSpec({ root: { path: ROOT }, mounts: [PROC] }, testHost(scratch), true);
  const { output, failure } = runSteps(
    fileSystemSteps(spec),
    "pwd; cat /bin/../../../etc/passwd; ls /; cat /proc/self/mountinfo",
  );
  t.equal(failure, undefined);
  t.match(output, /^\/\nroot:x:0:0:root/);
  t.notMatch(output, /^boot$/m);
});

test("the umask of the caller has no say in what is made", async (t) => {
  const root = ownRootfs(join(scratch, uniqueName()));
  const steps = fileSystemSteps(
    filesSpec({ root: { path: root }, mounts: [{ destination: "/new/a", type: "tmpfs" }] }, testHost(scratch)),
  );
  const { failure } = runSteps([call("set the umask", "umask", [0o077]), ...steps], "true");
  t.equal(failure, undefined);
  t.equal(statSync(join(root, "new")).mode & 0o777, 0o755);
});

test("the steps say what they do, for errors to be told by", async (t) => {
  const { failure } = runIn({ root: { path: join(scratch, "nothing") } }, "true");
  t.equal(failure, `mount the root ${scratch}/nothing: openat: ENOENT`);
});
