/**
 * Device nodes and the symlinks of /dev, config-linux.md § Default Devices. Everything is made in a directory that was opened inside
 * the root: an image whose /dev is a symlink gets its devices where that leads in the image (CVE-2026-41579).
 */

import { E } from "../linux/errno.ts";
import { AT } from "../linux/fcntl.ts";
import { S, STATX, STATX_SIZE } from "../linux/stat.ts";
import { type Buffer, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { ContainerSpec, DeviceSpec } from "../spec/container-spec.ts";
import type { MountSpec } from "../spec/mount-spec.ts";
import { directoryOf, lastName } from "../spec/paths.ts";
import { bindDevice, deviceNumber, isNode, needDevice, openDevice } from "./device-bind.ts";
import { UMASK } from "./root.ts";
import { HOW, openInRoot, openTarget } from "./targets.ts";

/** Name and target. */
const SYMLINKS = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
] as const;

/** The descriptor of a host's node that is open already; undefined: the node is made. */
export type DeviceOf = (device: DeviceSpec) => number | undefined;

/** Makes the nodes of `devices` and the symlinks; nothing if there are none, for then the host's /dev is mounted. */
export function deviceSteps({ devices, mounts }: ContainerSpec, deviceOf: DeviceOf = () => undefined): Step[] {
  if (devices.length === 0) return [];
  const directories = new Map<string, DeviceSpec[]>();
  for (const device of devices) {
    const path = directoryOf(device.path);
    const siblings = directories.get(path);
    if (siblings === undefined) directories.set(path, [device]);
    else siblings.push(device);
  }
  const directory = slot("device directory");
  const status = buffer("statx", STATX_SIZE);
  const steps: Step[] = [call("let the modes of devices be as they are given", "umask", [0])];
  for (const [path, siblings] of directories) {
    const doing = `make devices in ${path}`;
    const fresh = isFresh(mounts, path);
    steps.push(
      fresh
        ? openInRoot(doing, path, HOW.directory, directory)
        : openTarget(doing, path, directory, { how: HOW.directory }),
    );
    const handed = siblings.filter((device) => deviceOf(device) !== undefined);
    const plain = siblings.filter((device) => fresh && isPlain(device) && !handed.includes(device));
    if (handed.length > 0) steps.push(handedNodes(handed, path, directory, deviceOf));
    if (plain.length > 0) steps.push(plainNodes(plain, path, directory));
    for (const device of siblings) {
      if (!plain.includes(device) && !handed.includes(device))
        steps.push(...nodeSteps(device, directory, fresh ? undefined : status));
    }
    if (path === "/dev") steps.push(...symlinkSteps(directory, fresh));
    steps.push(call(doing, "close", [directory]));
  }
  return [...steps, call("set the umask", "umask", [UMASK])];
}

/** Nothing is in `path` but what runt has made there: it is a tmpfs of config.json, and no mount is on a name in it that is no directory. */
function isFresh(mounts: readonly MountSpec[], path: string): boolean {
  const last = mounts.findLast(({ destination }) => destination === path);
  const isNew = (last?.kind === "filesystem" || last?.kind === "detached") && last.type === "tmpfs";
  if (!isNew || (last.kind === "detached" && last.contents.length > 0)) return false;
  return !mounts.some(
    (mount) =>
      mount.destination.startsWith(`${path}/`) &&
      ((mount.kind === "bind" && mount.sourceIsFile) || mount.kind === "symlink"),
  );
}

function isPlain(device: DeviceSpec): boolean {
  return device.uid === 0 && device.gid === 0 && isNode(device);
}

const NAME = slot("name");
const MODE = slot("mode");
const RDEV = slot("device number");
const HOST_PATH = slot("host's path");
const TYPE = slot("type of device");
const NUMBER = slot("major and minor");
const TREE = slot("host's device");

/** Nodes that no other file can be in the way of, and that are root's. */
function plainNodes(devices: readonly DeviceSpec[], path: string, directory: Slot): Step {
  const items = devices.map((device) => [
    lastName(device.path),
    device.mode,
    device.rdev,
    device.path,
    device.mode & S.IFMT,
    deviceNumber(device.rdev),
  ]);
  const doing = `make device ${path}/{}`;
  const steps: Step[] = [
    {
      op: "attempt",
      steps: [call(doing, "mknodat", [directory, NAME, MODE, RDEV])],
      // The runtime itself is in a user namespace.
      on: [E.EPERM],
      otherwise: [...openDevice(doing, HOST_PATH, TYPE, NUMBER, TREE), ...bindDevice(doing, TREE, directory, NAME)],
    },
  ];
  return { op: "each", items, into: [NAME, MODE, RDEV, HOST_PATH, TYPE, NUMBER], steps };
}

function handedNodes(devices: readonly DeviceSpec[], path: string, directory: Slot, deviceOf: DeviceOf): Step {
  const items = devices.map((device) => [lastName(device.path), deviceOf(device) as number]);
  return { op: "each", items, into: [NAME, TREE], steps: bindDevice(`bind device ${path}/{}`, TREE, directory, NAME) };
}

/** @param status where to look at a file that is there already; undefined if there can be none */
function nodeSteps({ path, mode, rdev, uid, gid }: DeviceSpec, directory: Slot, status: Buffer | undefined): Step[] {
  const doing = `make device ${path}`;
  const name = lastName(path);
  const type = mode & S.IFMT;
  const make: Step[] = [
    {
      op: "attempt",
      steps: [call(doing, "mknodat", [directory, name, mode, rdev])],
      on: [E.EPERM],
      otherwise:
        type === S.IFIFO
          ? [{ op: "fail", doing, errno: E.EPERM }]
          : [...openDevice(doing, path, type, deviceNumber(rdev), TREE), ...bindDevice(doing, TREE, directory, name)],
    },
    ...(uid === 0 && gid === 0 ? [] : [call(doing, "fchownat", [directory, name, uid, gid, AT.SYMLINK_NOFOLLOW])]),
  ];
  if (status === undefined) return make;
  const wrong: Step = { op: "fail", doing: `${doing}: there is another file of that name`, errno: E.EEXIST };
  return [
    {
      op: "attempt",
      steps: make,
      on: [E.EEXIST],
      otherwise: [
        call(doing, "statx", [directory, name, AT.SYMLINK_NOFOLLOW, STATX.TYPE, status]),
        needDevice(status, type, deviceNumber(rdev), wrong),
      ],
    },
  ];
}

/** ptmx must be the container's own; the others may be as the image has them. */
function symlinkSteps(directory: Slot, fresh: boolean): Step[] {
  const doing = "make /dev/ptmx a symlink";
  const [name, target] = [slot("name"), slot("target")];
  const link = call("make /dev/{} a symlink", "symlinkat", [target, directory, name], { tolerate: [E.EEXIST] });
  return [
    { op: "each", items: SYMLINKS, into: [name, target], steps: [link] },
    ...(fresh ? [] : [call(doing, "unlinkat", [directory, "ptmx", 0], { tolerate: [E.ENOENT] })]),
    call(doing, "symlinkat", ["pts/ptmx", directory, "ptmx"]),
  ];
}
