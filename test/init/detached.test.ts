import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Mount } from "../../lib/config/schema.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { mountOn } from "./mountinfo.ts";
import { runIn } from "./run-steps.ts";

/** Mounts in a root of the test's own, /proc among them. */
function mountIn(mounts: Mount[], script: string, prepare: (root: string) => void = () => {}) {
  const root = ownRootfs(join(scratch, uniqueName()));
  prepare(root);
  return runIn({ root: { path: root }, mounts: [{ destination: "/proc", type: "proc" }, ...mounts] }, script);
}

test("a tmpfs without a mode takes that of its directory", async (t) => {
  const { output, failure } = mountIn([{ destination: "/kept", type: "tmpfs" }], "stat -c %a /kept", (root) => {
    mkdirSync(join(root, "kept"));
    chmodSync(join(root, "kept"), 0o2751);
  });
  t.equal(failure, undefined);
  t.equal(output, "2751\n");
});

test("a tmpfs without a mode, nor a directory to take it from, is for all", async (t) => {
  const { output, failure } = mountIn([{ destination: "/new/tmp", type: "tmpfs" }], "stat -c %a /new/tmp /new");
  t.equal(failure, undefined);
  t.equal(output, "1777\n755\n");
});

test("options of a tmpfs: of the file system and of the mount", async (t) => {
  const options = ["nosuid", "noexec", "strictatime", "size=64k,nr_inodes=10", "sync"];
  const { output, failure } = mountIn(
    [{ destination: "/tmp", type: "tmpfs", source: "name", options }],
    "cat /proc/self/mountinfo",
  );
  t.equal(failure, undefined);
  const { source, options: own, superOptions } = mountOn(output, "/tmp");
  t.equal(source, "name");
  t.same(own, ["rw", "nosuid", "noexec"]);
  t.match(superOptions.join(), /sync.*size=64k.*nr_inodes=10/);
});

test("a read-only tmpfs can hold other mounts that are made later", async (t) => {
  const mounts = [
    { destination: "/t", type: "tmpfs", options: ["ro"] },
    { destination: "/t/inner", type: "tmpfs", options: ["mode=755"] },
  ];
  const { output, failure } = mountIn(mounts, "echo > /t/x; echo > /t/inner/x && cat /proc/self/mountinfo");
  t.equal(failure, undefined);
  t.match(output, "can't create /t/x: Read-only file system");
  t.equal(mountOn(output, "/t").options[0], "ro");
});

test("a read-only /dev has its devices", async (t) => {
  const mounts = [{ destination: "/dev", type: "tmpfs", options: ["ro", "nosuid", "mode=755"] }];
  const { output, failure } = mountIn(mounts, "echo > /dev/null && echo > /dev/x; cat /proc/self/mountinfo");
  t.equal(failure, undefined);
  t.match(output, "can't create /dev/x: Read-only file system");
  t.same(mountOn(output, "/dev").options.slice(0, 2), ["ro", "nosuid"]);
});

test("a tmpfs that refuses an option is an error that names it", async (t) => {
  const { failure } = mountIn([{ destination: "/t", type: "tmpfs", options: ["nonsense=1"] }], "true");
  t.equal(failure, "mount tmpfs on /t: fsconfig: EINVAL");
});
