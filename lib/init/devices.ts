/**
 * Device nodes and the symlinks of /dev, config-linux.md § Default Devices. Everything is made in a directory that was opened inside
 * the root: an image whose /dev is a symlink gets its devices where that leads in the image (CVE-2026-41579).
 */

import { major, minor } from "../linux/dev.ts";
import { E } from "../linux/errno.ts";
import { AT } from "../linux/fcntl.ts";
import { S, STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, type Buffer, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { ContainerSpec, DeviceSpec, MountSpec } from "../spec/container-spec.ts";
import { UMASK } from "./root.ts";
import { HOW, openInRoot, openTarget } from "./targets.ts";

/** Name and target. */
const SYMLINKS = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
] as const;

/** Makes the nodes of `devices` and the symlinks; nothing if there are none, for then the host's /dev is mounted. */
export function deviceSteps({ devices, mounts }: ContainerSpec): Step[] {
  if (devices.length === 0) return [];
  const directories = new Map<string, DeviceSpec[]>();
  for (const device of devices) {
    const path = device.path.slice(0, device.path.lastIndexOf("/")) || "/";
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
    const plain = siblings.filter((device) => fresh && device.uid === 0 && device.gid === 0);
    steps.push(plainNodes(plain, path, directory));
    for (const device of siblings) {
      if (!plain.includes(device)) steps.push(...nodeSteps(device, directory, fresh ? undefined : status));
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

/** Nodes that no other file can be in the way of, and that are root's. */
function plainNodes(devices: readonly DeviceSpec[], path: string, directory: Slot): Step {
  const [name, mode, rdev] = [slot("name"), slot("mode"), slot("device number")];
  const items = devices.map((device) => [
    device.path.slice(device.path.lastIndexOf("/") + 1),
    device.mode,
    device.rdev,
  ]);
  const make = call(`make device ${path}/{}`, "mknodat", [directory, name, mode, rdev]);
  return { op: "each", items, into: [name, mode, rdev], steps: [make] };
}

/** @param status where to look at a file that is there already; undefined if there can be none */
function nodeSteps({ path, mode, rdev, uid, gid }: DeviceSpec, directory: Slot, status: Buffer | undefined): Step[] {
  const doing = `make device ${path}`;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const make = [
    call(doing, "mknodat", [directory, name, mode, rdev]),
    ...(uid === 0 && gid === 0 ? [] : [call(doing, "fchownat", [directory, name, uid, gid, AT.SYMLINK_NOFOLLOW])]),
  ];
  if (status === undefined) return make;
  const wrong: Step = { op: "fail", doing: `${doing}: there is another file of that name`, errno: E.EEXIST };
  const number = minor(rdev) * 2 ** 32 + major(rdev);
  const isDevice: Step = {
    op: "when",
    value: at(status, STATX_OFFSET.rdev_major, 8),
    equals: number,
    then: [],
    otherwise: [wrong],
  };
  return [
    {
      op: "attempt",
      steps: make,
      on: [E.EEXIST],
      otherwise: [
        call(doing, "statx", [directory, name, AT.SYMLINK_NOFOLLOW, STATX.TYPE, status]),
        {
          op: "when",
          value: at(status, STATX_OFFSET.mode),
          mask: S.IFMT,
          equals: mode & S.IFMT,
          then: [isDevice],
          otherwise: [wrong],
        },
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
