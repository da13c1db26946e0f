import { readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Mount } from "../../lib/config/schema.ts";
import { cgroupMountSteps } from "../../lib/init/cgroup-mount.ts";
import { MAGIC } from "../../lib/linux/magic.ts";
import { MS } from "../../lib/linux/mount.ts";
import { writtenOut } from "../../lib/program/order.ts";
import { slot } from "../../lib/program/step.ts";
import type { CgroupMountSpec } from "../../lib/spec/mount-spec.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { listing } from "./listing.ts";
import { mountOn } from "./mountinfo.ts";
import { runIn, testHost } from "./run-steps.ts";

function hierarchyCalls(controllers: string, directory: string | undefined): string[] {
  const spec: CgroupMountSpec = {
    kind: "cgroup",
    destination: "/c",
    flags: MS.RDONLY,
    hierarchies: [{ controllers, directory }],
    propagation: [],
  };
  const lines = listing(writtenOut(cgroupMountSteps(spec, slot("target"), [])));
  // The last two make the tmpfs read-only and close it.
  return lines.slice(lines.indexOf("fchdir <cgroup tmpfs>") + 1, -2);
}

test("cgroupMountSteps: in a cgroup namespace each hierarchy is a mount of its controllers", async (t) => {
  t.same(hierarchyCalls("memory", undefined), ["mkdirat -100 memory 0x1ed", "mount cgroup memory cgroup 0xf memory"]);
  t.same(hierarchyCalls("systemd", undefined), [
    "mkdirat -100 systemd 0x1ed",
    "mount systemd systemd cgroup 0xf name=systemd",
  ]);
});

test("cgroupMountSteps: without one the container's cgroup is bound", async (t) => {
  t.same(hierarchyCalls("memory", "/sys/fs/cgroup/memory/c1"), [
    "mkdirat -100 memory 0x1ed",
    "attempt",
    "  mount /sys/fs/cgroup/memory/c1 memory 0x0 0x5000 0x0",
    "  mount 0x0 memory 0x0 0x102f 0x0",
  ]);
});

test("cgroupMountSteps: controllers that are mounted together have a symlink each", async (t) => {
  t.same(hierarchyCalls("cpu,cpuacct", undefined).slice(2), [
    "symlinkat cpu,cpuacct -100 cpu ?EEXIST",
    "symlinkat cpu,cpuacct -100 cpuacct ?EEXIST",
  ]);
});

const isV1 = statfsSync("/sys/fs/cgroup").type === MAGIC.TMPFS_MAGIC;
const MOUNTS: Mount[] = [
  { destination: "/proc", type: "proc" },
  { destination: "/sys", type: "sysfs", options: ["ro"] },
];

test("the hierarchies of a v1 host, bound", { skip: isV1 ? false : "no cgroup v1 here" }, async (t) => {
  const names = readdirSync("/sys/fs/cgroup").filter((name) => name !== "unified");
  const paths = Object.fromEntries(names.map((name) => [name, `/sys/fs/cgroup/${name}`]));
  const host = { ...testHost(scratch), cgroups: () => ({ version: 1 as const, paths }) };
  const cgroup = { destination: "/sys/fs/cgroup", type: "cgroup", options: ["ro", "nosuid"] };
  const { output, failure } = runIn(
    { root: { path: ownRootfs(join(scratch, uniqueName())) }, mounts: [...MOUNTS, cgroup] },
    "cat /proc/self/mountinfo; ls /sys/fs/cgroup",
    host,
  );
  t.equal(failure, undefined);
  t.ok(output.endsWith(`${names.sort().join("\n")}\n`));
  t.equal(mountOn(output, "/sys/fs/cgroup").type, "tmpfs");
  for (const name of names) {
    const { type, options } = mountOn(output, `/sys/fs/cgroup/${name}`);
    t.equal(type, "cgroup", name);
    t.same(options.slice(0, 4), ["ro", "nosuid", "nodev", "noexec"], name);
  }
});
