/**
 * The mounts of config.json, in their order. A file system of its own is mounted by mount(2) on ".", the place being entered by
 * its descriptor: one call where the newer interface takes one for each option, and as free of paths.
 */
import { AT } from "../linux/fcntl.ts";
import { MS, OPEN_TREE } from "../linux/mount.ts";
import { call, type Slot, type Step, slot } from "../program/step.ts";
import type { BindMountSpec, FilesystemMountSpec, MountSpec, RemountSpec } from "../spec/container-spec.ts";
import { MUST_BE_PLAIN } from "../spec/mounts.ts";
import { attach, type Change, change, changes, makeReadonly, propagationChanges } from "./attach.ts";
import { cgroupMountSteps } from "./cgroup-mount.ts";
import { detachedMountSteps } from "./detached.ts";
import { copySymlinkSteps } from "./symlinks.ts";
import { HOW, openInRoot, openPlainTarget, openTarget } from "./targets.ts";

export interface MountsSteps {
  readonly make: Step[];
  /** To be done once nothing is left to be made in the container's file system. */
  readonly finish: Step[];
}

/** Mounts everything in the root that `rootfd` has open; a mount on "/" becomes what `rootfd` has open. */
export function mountsSteps(mounts: readonly MountSpec[], rootfd: Slot): MountsSteps {
  const make: Step[] = [];
  const finish: Step[] = [];
  const target = slot("target");
  let shared = false;
  for (const spec of mounts) {
    if (spec.kind === "symlink") {
      make.push(...copySymlinkSteps(spec, rootfd, target));
      continue;
    }
    // What is new is private, unless it comes to lie below something shared.
    const isRedundant = (flags: number) => !shared && (flags & MS.PRIVATE) !== 0;
    const propagation = propagationChanges(spec.propagation.filter((flags) => !isRedundant(flags)));
    switch (spec.kind) {
      case "bind":
        make.push(...bindSteps(spec, rootfd, target, shared));
        break;
      case "filesystem":
        make.push(...filesystemSteps(spec, rootfd, target, propagation));
        break;
      case "detached": {
        const doing = `mount ${spec.type} on ${spec.destination}`;
        const mount = slot("file system");
        make.push(...detachedMountSteps(doing, spec, rootfd, target, mount));
        make.push(...settle(doing, spec, rootfd, mount, propagation, !spec.readonly));
        if (spec.readonly) finish.push(makeReadonly(`make ${spec.destination} read-only`, mount));
        break;
      }
      case "remount":
        make.push(...remountSteps(spec, rootfd, target));
        break;
      case "cgroup":
        make.push(...cgroupMountSteps(spec, rootfd, target, propagation));
        break;
    }
    shared ||= spec.propagation.some((flags) => (flags & MS.SHARED) !== 0);
  }
  return { make, finish };
}

/**
 * @param shared a mount before this one is shared: below it, this one would become shared when attached, so that its propagation
 * can only be given afterwards
 */
function bindSteps(spec: BindMountSpec, rootfd: Slot, target: Slot, shared: boolean): Step[] {
  const { destination, source, recursive, propagation } = spec;
  const doing = `mount ${source} on ${destination}`;
  const mount = slot("bind mount");
  const flags =
    OPEN_TREE.CLONE |
    OPEN_TREE.CLOEXEC |
    (recursive ? AT.RECURSIVE : 0) |
    (spec.followSource ? 0 : AT.SYMLINK_NOFOLLOW);
  const before = changes(spec.attributes, spec.recursiveAttributes, shared ? [] : propagation, !recursive);
  const how = spec.followDestination ? (spec.sourceIsFile ? HOW.any : HOW.directory) : HOW.noFollow;
  return [
    call(doing, "open_tree", [AT.FDCWD, source, flags], { result: mount }),
    ...before.map((each) => change(doing, mount, each)),
    openTarget(doing, rootfd, destination, target, { file: spec.sourceIsFile, how }),
    attach(doing, mount, target),
    call(doing, "close", [target]),
    ...settle(doing, spec, rootfd, mount, shared ? propagationChanges(propagation) : [], true),
  ];
}

/** The last of a mount that has a descriptor, which is closed unless the mount is the container's root now. */
function settle(
  doing: string,
  { destination }: MountSpec,
  rootfd: Slot,
  mount: Slot,
  last: readonly Change[],
  close: boolean,
): Step[] {
  const steps: Step[] = last.map((each) => change(doing, mount, each));
  if (destination === "/") steps.push({ op: "assign", slot: rootfd, value: mount });
  else if (close) steps.push(call(doing, "close", [mount]));
  return steps;
}

function filesystemSteps(
  spec: FilesystemMountSpec,
  rootfd: Slot,
  target: Slot,
  propagation: readonly Change[],
): Step[] {
  const { destination, type, source, flags, data } = spec;
  const doing = `mount ${type} on ${destination}`;
  const open = MUST_BE_PLAIN.includes(type) ? openPlainTarget : openTarget;
  const close = call(doing, "close", [target]);
  const last = propagation.map((each) => change(doing, target, each));
  return [
    open(doing, rootfd, destination, target),
    call(doing, "fchdir", [target]),
    call(doing, "mount", [source, ".", type, flags, data === "" ? 0 : data]),
    close,
    // The mount is found by its place: the worst that the image can make of it is another mount of the container.
    ...(last.length === 0 ? [] : [openInRoot(doing, rootfd, destination, HOW.any, target), ...last, close]),
  ];
}

function remountSteps(spec: RemountSpec, rootfd: Slot, target: Slot): Step[] {
  const { destination, filesystem, propagation } = spec;
  const doing = `remount ${destination}`;
  const { attributes, recursiveAttributes } = spec;
  const last = filesystem
    ? propagationChanges(propagation)
    : changes(attributes, recursiveAttributes, propagation, false);
  return [
    openInRoot(doing, rootfd, destination, HOW.any, target),
    ...(filesystem
      ? [
          call(doing, "fchdir", [target]),
          call(doing, "mount", [
            0,
            ".",
            0,
            MS.REMOUNT | filesystem.flags,
            filesystem.data === "" ? 0 : filesystem.data,
          ]),
        ]
      : []),
    ...last.map((each) => change(doing, target, each)),
    call(doing, "close", [target]),
  ];
}
