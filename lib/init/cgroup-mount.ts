/**
 * cgroup v1 in the container: a tmpfs with a directory for each hierarchy, as on the host. Nobody but this program can reach a tmpfs
 * that has just been made, so the names in it can be trusted.
 */
import { E } from "../linux/errno.ts";
import { AT } from "../linux/fcntl.ts";
import { MOUNT_ATTR, MS } from "../linux/mount.ts";
import { call, type Slot, type Step, slot } from "../program/step.ts";
import type { CgroupHierarchySpec, CgroupMountSpec } from "../spec/container-spec.ts";
import { attach, type Changes, changeSteps, makeReadonly } from "./attach.ts";
import { newMount } from "./detached.ts";
import { openTarget } from "./targets.ts";

const TMPFS = slot("cgroup tmpfs");

const MAKE_TMPFS = newMount(
  "make a tmpfs for the cgroup hierarchies",
  {
    type: "tmpfs",
    source: "tmpfs",
    parameters: [{ key: "mode", value: "755" }],
    attributes: MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC,
  },
  TMPFS,
);

/** Mounts the tmpfs and the hierarchies; co-mounted controllers get a symlink each, such as `cpu` to `cpu,cpuacct`. */
export function cgroupMountSteps(spec: CgroupMountSpec, target: Slot, propagation: Changes): Step[] {
  const { destination, hierarchies } = spec;
  const doing = `mount cgroup on ${destination}`;
  const flags = spec.flags | MS.NOSUID | MS.NODEV | MS.NOEXEC;
  return [
    ...MAKE_TMPFS,
    openTarget(doing, destination, target),
    attach(doing, TMPFS, target),
    call(doing, "close", [target]),
    ...changeSteps(doing, TMPFS, propagation),
    call(doing, "fchdir", [TMPFS]),
    ...ownHierarchies(hierarchies.filter(isOwn), destination, flags),
    ...hierarchies.filter((each) => !isOwn(each)).flatMap((each) => hierarchySteps(each, destination, flags)),
    ...(spec.flags & MS.RDONLY ? [makeReadonly(doing, TMPFS)] : []),
    call(doing, "close", [TMPFS]),
  ];
}

/** One controller, shown by a mount in the container's cgroup namespace: on most hosts all of them are such. */
function isOwn({ controllers, directory }: CgroupHierarchySpec): boolean {
  return directory === undefined && !controllers.includes(",");
}

/** In the current directory. */
function ownHierarchies(hierarchies: readonly CgroupHierarchySpec[], destination: string, flags: number): Step[] {
  if (hierarchies.length === 0) return [];
  const [name, source, data] = [slot("controller"), slot("source"), slot("data")];
  const doing = `mount cgroup {} on ${destination}/{}`;
  const steps = [
    call(doing, "mkdirat", [AT.FDCWD, name, 0o755]),
    call(doing, "mount", [source, name, "cgroup", flags, data]),
  ];
  const items = hierarchies.map(({ controllers }) => [controllers, ...sourceAndData(controllers)]);
  return [{ op: "each", items, into: [name, source, data], steps }];
}

function sourceAndData(controllers: string): [string, string] {
  return controllers === "systemd" ? ["systemd", "name=systemd"] : ["cgroup", controllers];
}

/** In the current directory. */
function hierarchySteps({ controllers, directory }: CgroupHierarchySpec, destination: string, flags: number): Step[] {
  const doing = `mount cgroup ${controllers} on ${destination}/${controllers}`;
  const [source, data] = sourceAndData(controllers);
  const names = controllers.split(",");
  return [
    call(doing, "mkdirat", [AT.FDCWD, controllers, 0o755]),
    ...(directory === undefined
      ? [call(doing, "mount", [source, controllers, "cgroup", flags, data])]
      : [
          call(doing, "mount", [directory, controllers, 0, MS.BIND | MS.REC, 0]),
          call(doing, "mount", [0, controllers, 0, MS.BIND | MS.REMOUNT | flags, 0]),
        ]),
    ...(names.length === 1 ? [] : names).map((name) =>
      call(doing, "symlinkat", [controllers, AT.FDCWD, name], { tolerate: [E.EEXIST] }),
    ),
  ];
}
