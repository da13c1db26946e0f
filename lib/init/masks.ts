/**
 * linux.maskedPaths and linux.readonlyPaths. A masked directory is covered by an empty one, anything else by the host's null device:
 * the container's own may be what the image wants it to be (CVE-2025-31133).
 */
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { MOUNT_ATTR } from "../linux/mount.ts";
import { S, STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { MountLabel } from "../spec/labels.ts";
import type { DetachedMountSpec } from "../spec/mount-spec.ts";
import { attach, cloneMount, makeReadonly } from "./attach.ts";
import { newMount } from "./detached.ts";
import { NULL_DEVICE, needDevice } from "./device-bind.ts";
import { HOW, openInRoot } from "./targets.ts";

/** The path whose turn it is. */
const PATH = slot("path");
const TARGET = slot("target");
const MASK = slot("mask");

/** A mount of nothing, cloned for each masked directory. */
const EMPTY = slot("empty directory");
const DEVICE = slot("null device");

/** What statx(2) says of the file whose turn it is. */
const STATUS = buffer("statx", STATX_SIZE);

const MAKING_EMPTY = "make an empty directory for maskedPaths";

function makeEmpty(parameters: DetachedMountSpec["parameters"]): Step[] {
  const attributes = MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC;
  return newMount(MAKING_EMPTY, { type: "tmpfs", source: "tmpfs", parameters, attributes }, EMPTY);
}

const FEW_INODES = { key: "nr_inodes", value: "2" };
const MAKE_EMPTY = makeEmpty([FEW_INODES]);

/** Mounts an empty directory on `place`: only a mount that is attached can be cloned before Linux 6.15. */
export function emptyDirectorySteps(place: Slot, label: MountLabel | undefined): Step[] {
  const make = label === undefined ? MAKE_EMPTY : makeEmpty([FEW_INODES, { key: label.option, value: label.label }]);
  return [...make, attach(MAKING_EMPTY, EMPTY, place)];
}

/** Covers linux.maskedPaths; needs `rootSteps` before it. What is missing needs no mask. */
export function maskSteps({ maskedPaths }: ContainerSpec): Step[] {
  if (maskedPaths.length === 0) return [];
  return [...OPEN_NULL_DEVICE, eachPath(maskedPaths, MASK_PATH), ...CLOSE_SOURCES];
}

/** Makes linux.readonlyPaths read-only: each becomes a mount of itself, with the mounts below it as they are. */
export function readonlySteps({ readonlyPaths }: ContainerSpec): Step[] {
  return readonlyPaths.length === 0 ? [] : [eachPath(readonlyPaths, MAKE_READONLY)];
}

function eachPath(paths: readonly string[], steps: readonly Step[]): Step {
  return { op: "each", items: paths.map((path) => [path]), into: [PATH], steps };
}

/** By the host's path, and still not trusted: what it leads to is looked at. */
const OPEN_NULL_DEVICE = openNullDevice("open the host's null device");

function openNullDevice(doing: string): readonly Step[] {
  const wrong: Step = { op: "fail", doing: `${doing}: /dev/null is something else`, errno: E.ENODEV };
  return [
    call(doing, "openat", [AT.FDCWD, "/dev/null", O.PATH | O.NOFOLLOW | O.CLOEXEC, 0], { result: DEVICE }),
    call(doing, "statx", [DEVICE, "", AT.EMPTY_PATH, STATX.TYPE, STATUS]),
    needDevice(STATUS, S.IFCHR, NULL_DEVICE, wrong),
  ];
}

const MASK_PATH = maskPath("mask {}");

/**
 * What is covered is looked at first: a mount that turns out not to fit is closed again, for which the kernel waits for all processors
 * to have noticed.
 */
function maskPath(doing: string): readonly Step[] {
  return ifFound(doing, [
    call(doing, "statx", [TARGET, "", AT.EMPTY_PATH, STATX.TYPE, STATUS]),
    {
      op: "when",
      value: at(STATUS, STATX_OFFSET.mode),
      mask: S.IFMT,
      equals: S.IFDIR,
      then: [cloneMount(doing, EMPTY, MASK)],
      otherwise: [cloneMount(doing, DEVICE, MASK)],
    },
    attach(doing, MASK, TARGET),
    call(doing, "close", [MASK]),
    call(doing, "close", [TARGET]),
  ]);
}

const CLOSE_SOURCES = [call("make masks", "close", [DEVICE]), call("make masks", "close", [EMPTY])];

const MAKE_READONLY = readonlyPath("make {} read-only");

function readonlyPath(doing: string): readonly Step[] {
  return ifFound(doing, [
    cloneMount(doing, TARGET, MASK, true),
    makeReadonly(doing, MASK),
    attach(doing, MASK, TARGET),
    call(doing, "close", [MASK]),
    call(doing, "close", [TARGET]),
  ]);
}

/** Opens PATH as TARGET, and runs `steps` if there is such a file. */
function ifFound(doing: string, steps: readonly Step[]): readonly Step[] {
  return [
    openInRoot(doing, PATH, HOW.any, TARGET, [E.ENOENT]),
    { op: "when", value: TARGET, equals: -E.ENOENT, then: [], otherwise: steps },
  ];
}
