/**
 * cgroup v1 in the container: a tmpfs with a directory for each hierarchy, as on the host. Nobody but this program can reach a tmpfs
 * that has just been made, so the names in it can be trusted.
 */
import { E } from "../linux/errno.ts";
import { AT } from "../linux/fcntl.ts";
import { MOUNT_ATTR, MS } from "../linux/mount.ts";
import { call, type Slot, type Step, slot } from "../program/step.ts";
import type { CgroupHierarchySpec, CgroupMountSpec } from "../spec/mount-spec.ts";
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
    ...tableSteps(OWN, hierarchies.filter(isOwn), destination, flags),
    ...tableSteps(
      BOUND,
      hierarchies.filter((each) => !isOwn(each)),
      destination,
      flags,
    ),
    ...hierarchies.flatMap(symlinkSteps),
    ...(spec.flags & MS.RDONLY ? [makeReadonly(doing, TMPFS)] : []),
    call(doing, "close", [TMPFS]),
  ];
}

/** Shown by a mount in the container's cgroup namespace. */
function isOwn({ directory }: CgroupHierarchySpec): boolean {
  return directory === undefined;
}

const NAME = slot("hierarchy");
const SOURCE = slot("source");
const CONTROLLERS = slot("controllers");

/** How hierarchies of one kind are mounted in the current directory: the columns of each, and the calls. */
interface Kind {
  readonly into: readonly Slot[];
  readonly item: (hierarchy: CgroupHierarchySpec) => string[];
  readonly steps: (doing: string, flags: number) => Step[];
}

const OWN: Kind = {
  into: [NAME, SOURCE, CONTROLLERS],
  item: ({ controllers }) =>
    controllers === "systemd" ? [controllers, controllers, "name=systemd"] : [controllers, "cgroup", controllers],
  steps: (doing, flags) => [call(doing, "mount", [SOURCE, NAME, "cgroup", flags, CONTROLLERS])],
};

const BOUND: Kind = {
  into: [NAME, SOURCE],
  item: ({ controllers, directory = "" }) => [controllers, directory],
  steps: (doing, flags) => [
    {
      op: "attempt",
      steps: [
        call(doing, "mount", [SOURCE, NAME, 0, MS.BIND | MS.REC, 0]),
        call(doing, "mount", [0, NAME, 0, MS.BIND | MS.REMOUNT | flags, 0]),
      ],
      // Who may make no cgroup has none to be shown.
      on: [E.ENOENT],
      otherwise: [],
    },
  ],
};

function tableSteps(
  kind: Kind,
  hierarchies: readonly CgroupHierarchySpec[],
  destination: string,
  flags: number,
): Step[] {
  if (hierarchies.length === 0) return [];
  const doing = `mount cgroup {} on ${destination}/{}`;
  const steps = [call(doing, "mkdirat", [AT.FDCWD, NAME, 0o755]), ...kind.steps(doing, flags)];
  return [{ op: "each", items: hierarchies.map(kind.item), into: kind.into, steps }];
}

/** In the current directory: controllers that are mounted together have a symlink each. */
function symlinkSteps({ controllers }: CgroupHierarchySpec): Step[] {
  if (!controllers.includes(",")) return [];
  return controllers.split(",").map((name) =>
    call(`link cgroup ${name} to ${controllers}`, "symlinkat", [controllers, AT.FDCWD, name], {
      tolerate: [E.EEXIST],
    }),
  );
}
