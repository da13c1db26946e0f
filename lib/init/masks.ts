/**
 * linux.maskedPaths and linux.readonlyPaths. A masked directory is covered by an empty one, anything else by the host's null device:
 * the container's own may be what the image wants it to be (CVE-2025-31133).
 */
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { MOUNT_ATTR, MOVE_MOUNT } from "../linux/mount.ts";
import { S, STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { attach, cloneMount, makeReadonly } from "./attach.ts";
import { newMount } from "./detached.ts";
import { HOW, openInRoot } from "./targets.ts";

/** A mount of nothing, cloned for each masked directory. */
const EMPTY = slot("empty directory");

/** The path whose turn it is. */
const PATH = slot("path");

/** 1:3 as statx(2) gives it: major and minor, 32 bits each. */
const NULL_DEVICE = 3 * 2 ** 32 + 1;

/** Mounts an empty directory at `path`: only a mount that is attached can be cloned before Linux 6.15. */
export function emptyDirectorySteps(path: string): Step[] {
  const doing = "make an empty directory for maskedPaths";
  const attributes = MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC;
  const parameters = [{ key: "nr_inodes", value: "2" }];
  return [
    ...newMount(doing, { type: "tmpfs", source: "tmpfs", parameters, attributes }, EMPTY),
    call(doing, "move_mount", [EMPTY, "", AT.FDCWD, path, MOVE_MOUNT.F_EMPTY_PATH | MOVE_MOUNT.T_SYMLINKS]),
  ];
}

/** Covers linux.maskedPaths; needs `rootSteps` before it. What is missing needs no mask. */
export function maskSteps({ maskedPaths }: ContainerSpec, rootfd: Slot): Step[] {
  if (maskedPaths.length === 0) return [];
  const device = slot("null device");
  const doing = "make masks";
  return [
    ...openNullDevice(device),
    { op: "each", items: maskedPaths.map((path) => [path]), into: [PATH], steps: maskPath(rootfd, device) },
    call(doing, "close", [device]),
    call(doing, "close", [EMPTY]),
  ];
}

/** By the host's path, and still not trusted: what it leads to is looked at. */
function openNullDevice(device: Slot): Step[] {
  const doing = "open the host's null device";
  const status = buffer("statx", STATX_SIZE);
  const wrong: Step = { op: "fail", doing: `${doing}: /dev/null is something else`, errno: E.ENODEV };
  const isNull: Step = {
    op: "when",
    value: at(status, STATX_OFFSET.rdev_major, 8),
    equals: NULL_DEVICE,
    then: [],
    otherwise: [wrong],
  };
  return [
    call(doing, "openat", [AT.FDCWD, "/dev/null", O.PATH | O.NOFOLLOW | O.CLOEXEC, 0], { result: device }),
    call(doing, "statx", [device, "", AT.EMPTY_PATH, STATX.TYPE, status]),
    {
      op: "when",
      value: at(status, STATX_OFFSET.mode),
      mask: S.IFMT,
      equals: S.IFCHR,
      then: [isNull],
      otherwise: [wrong],
    },
  ];
}

function maskPath(rootfd: Slot, device: Slot): Step[] {
  const doing = "mask {}";
  const target = slot("target");
  const mask = slot("mask");
  return ifFound(doing, rootfd, target, [
    {
      op: "attempt",
      steps: [cloneMount(doing, EMPTY, mask), attach(doing, mask, target)],
      // A directory on something else.
      on: [E.EINVAL],
      otherwise: [call(doing, "close", [mask]), cloneMount(doing, device, mask), attach(doing, mask, target)],
    },
    call(doing, "close", [mask]),
    call(doing, "close", [target]),
  ]);
}

/** Makes linux.readonlyPaths read-only: each becomes a mount of itself, with the mounts below it as they are. */
export function readonlySteps({ readonlyPaths }: ContainerSpec, rootfd: Slot): Step[] {
  if (readonlyPaths.length === 0) return [];
  const doing = "make {} read-only";
  const target = slot("target");
  const mount = slot("mount");
  const steps = ifFound(doing, rootfd, target, [
    cloneMount(doing, target, mount, true),
    makeReadonly(doing, mount),
    attach(doing, mount, target),
    call(doing, "close", [mount]),
    call(doing, "close", [target]),
  ]);
  return [{ op: "each", items: readonlyPaths.map((path) => [path]), into: [PATH], steps }];
}

/** Opens PATH as `target`, and runs `steps` if there is such a file. */
function ifFound(doing: string, rootfd: Slot, target: Slot, steps: Step[]): Step[] {
  return [
    openInRoot(doing, rootfd, PATH, HOW.any, target, [E.ENOENT]),
    { op: "when", value: target, equals: -E.ENOENT, then: [], otherwise: steps },
  ];
}
