/**
 * Devices where a user namespace makes none: the host's own nodes are bound. A node is found by its path on the host, and taken for
 * what config.json says only when its type and number are that.
 */
import { major, makedev, minor } from "../linux/dev.ts";
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { OPEN_TREE } from "../linux/mount.ts";
import { S, STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, type Buffer, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { DeviceSpec } from "../spec/container-spec.ts";
import { attach } from "./attach.ts";

const STATUS = buffer("statx", STATX_SIZE);
const TREE_FLAGS = OPEN_TREE.CLONE | OPEN_TREE.CLOEXEC | AT.SYMLINK_NOFOLLOW;
const TARGET = slot("device's place");

/** Unlike a FIFO, which anybody may make. */
export function isNode({ mode }: DeviceSpec): boolean {
  return (mode & S.IFMT) !== S.IFIFO;
}

/** Major and minor as statx(2) gives them, 32 bits each. */
export function deviceNumber(rdev: number): number {
  return minor(rdev) * 2 ** 32 + major(rdev);
}

/** 1:3, the null device. */
export const NULL_DEVICE = deviceNumber(makedev(1, 3));

/**
 * Does `wrong` unless a file is a device of that type and number.
 * @param status what statx(2) says of it
 * @param type S_IFCHR or S_IFBLK
 * @param number of deviceNumber
 */
export function needDevice(status: Buffer, type: number | Slot, number: number | Slot, wrong: Step): Step {
  return {
    op: "when",
    value: at(status, STATX_OFFSET.mode),
    mask: S.IFMT,
    equals: type,
    then: [{ op: "when", value: at(status, STATX_OFFSET.rdev_major, 8), equals: number, then: [], otherwise: [wrong] }],
    otherwise: [wrong],
  };
}

/**
 * Opens the host's node at `path` as a mount of its own.
 * @param type S_IFCHR or S_IFBLK
 * @param number of deviceNumber
 */
export function openDevice(
  doing: string,
  path: string | Slot,
  type: number | Slot,
  number: number | Slot,
  tree: Slot,
): Step[] {
  const wrong: Step = { op: "fail", doing: `${doing}: the host has something else there`, errno: E.ENODEV };
  return [
    call(doing, "open_tree", [AT.FDCWD, path, TREE_FLAGS], { result: tree }),
    call(doing, "statx", [tree, "", AT.EMPTY_PATH, STATX.TYPE, STATUS]),
    needDevice(STATUS, type, number, wrong),
  ];
}

/** Puts it on the name in `directory`, where there is a file for it afterwards; a symlink is not followed. */
export function bindDevice(doing: string, tree: Slot, directory: Slot, name: string | Slot): Step[] {
  return [
    call(doing, "mknodat", [directory, name, S.IFREG | 0o644, 0], { tolerate: [E.EEXIST] }),
    call(doing, "openat", [directory, name, O.PATH | O.NOFOLLOW | O.CLOEXEC, 0], { result: TARGET }),
    attach(doing, tree, TARGET),
    call(doing, "close", [TARGET]),
    call(doing, "close", [tree]),
  ];
}
