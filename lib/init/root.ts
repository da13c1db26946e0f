/**
 * The container's root: a mount of its own, which the rest is mounted into, and which then takes the place of the host's "/".
 * See mount_namespaces(7) and pivot_root(2).
 */
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { MNT, MOUNT_ATTR_SIZE_VER0, MOVE_MOUNT, MS } from "../linux/mount.ts";
import { call, type Slot, type Step, slot, words } from "../program/step.ts";
import type { ContainerSpec, RootSpec } from "../spec/container-spec.ts";
import { directoryOf } from "../spec/paths.ts";
import { attach, changeSteps, cloneMount, makeReadonly, propagationChanges } from "./attach.ts";
import { emptyDirectorySteps } from "./masks.ts";
import { ROOT } from "./targets.ts";

/** The umask while the file system is built, and of the hooks: what is made for the container is not for its root alone. */
export const UMASK = 0o022;

/** Where the root is on the host, for as long as there is no mount on it. */
export const PLACE = slot("root's place");

/** Cuts the mounts off from the host's, and opens the root, as a mount of its own, and the place that it is put on: `ROOT`, `PLACE`. */
export function openRoot({ root }: ContainerSpec): Step[] {
  const doing = `mount the root ${root.path}`;
  const open = (path: string): Step =>
    call(doing, "openat", [AT.FDCWD, path, O.PATH | O.DIRECTORY | O.CLOEXEC, 0], { result: PLACE });
  const clone = [open(root.path), cloneMount(doing, PLACE, ROOT, true)];
  if (root.place === undefined) return [...propagationSteps(root), ...clone];
  const propagation = root.hostPropagation || MS.PRIVATE | MS.REC;
  return [
    ...clone,
    call(doing, "close", [PLACE]),
    // The host's mounts stay as they are. Were these still their peers, the container's would appear at its root.path as well.
    ...changeSteps(doing, ROOT, propagationChanges([propagation])),
    open(root.place),
  ];
}

/**
 * Mounts the root at its own path, or at its place.
 * @param opened what leaves `ROOT` and `PLACE` open
 */
export function rootSteps(spec: ContainerSpec, opened: readonly Step[] = openRoot(spec)): Step[] {
  const { root, maskedPaths, mountLabel } = spec;
  const doing = `mount the root ${root.path}`;
  return [
    call("set the umask", "umask", [UMASK]),
    ...opened,
    // Under the root, where it can be cloned from but never be seen.
    ...(maskedPaths.length > 0 ? emptyDirectorySteps(PLACE, mountLabel) : []),
    ...(root.private ? changeSteps(doing, ROOT, propagationChanges([MS.PRIVATE])) : []),
    attach(doing, ROOT, PLACE),
    call(doing, "close", [PLACE]),
  ];
}

function propagationSteps({ path, hostPropagation }: RootSpec): Step[] {
  if (hostPropagation !== 0)
    return [call("stop sharing mounts with the host", "mount", [0, "/", 0, hostPropagation, 0])];
  // All stays shared but the mount that the root is put on: there it would appear on the host as well.
  return [makePrivate(path)];
}

/** Only the root of a mount can be changed: the nearest one that is at `path` or above it. */
function makePrivate(path: string): Step {
  const doing = `make the mount private that ${path} is on`;
  const steps = [call(doing, "mount_setattr", [AT.FDCWD, path, 0, PRIVATE, MOUNT_ATTR_SIZE_VER0])];
  if (path === "/") return steps[0] as Step;
  return { op: "attempt", steps, on: [E.EINVAL], otherwise: [makePrivate(directoryOf(path))] };
}

const PRIVATE = words(0, 0, MS.PRIVATE, 0);
const SLAVE = words(0, 0, MS.SLAVE, 0);

/** root.readonly: of the root's own mount, not of what is mounted in it. */
export function readonlyRootSteps({ root }: ContainerSpec): Step[] {
  return root.readonly ? [makeReadonly("make the root read-only", ROOT)] : [];
}

/** Makes the root "/" and the working directory; nothing of the host can be seen afterwards. */
export function pivotSteps({ root }: ContainerSpec): Step[] {
  const doing = "make the container's root /";
  return [
    ...enterSteps(doing, root),
    // Not earlier: what is shared can't become the root.
    ...(root.propagation === 0
      ? []
      : changeSteps("set the propagation of the root", ROOT, propagationChanges([root.propagation]))),
    call(doing, "close", [ROOT]),
  ];
}

function enterSteps(doing: string, root: RootSpec): Step[] {
  if (root.place !== undefined) return chrootSteps(doing, ROOT);
  return root.noPivot ? moveSteps(doing) : exchangeSteps(doing, root);
}

/** For a process in the host's mount namespace. */
export function chrootSteps(doing: string, root: Slot): Step[] {
  return [call(doing, "fchdir", [root]), call(doing, "chroot", ["."])];
}

/** With pivot_root(".", ".") the old root lies on the new one, and needs no directory in the image to go to. */
function exchangeSteps(doing: string, { hostPropagation }: RootSpec): Step[] {
  const oldRoot = slot("old root");
  // Were the host's mounts still shared, the host would lose them with us.
  const shared = hostPropagation === 0;
  return [
    ...(shared
      ? [call(doing, "openat", [AT.FDCWD, "/", O.PATH | O.DIRECTORY | O.CLOEXEC, 0], { result: oldRoot })]
      : []),
    call(doing, "fchdir", [ROOT]),
    call(doing, "pivot_root", [".", "."]),
    ...(shared
      ? [
          call(doing, "mount_setattr", [oldRoot, "", AT.EMPTY_PATH | AT.RECURSIVE, SLAVE, MOUNT_ATTR_SIZE_VER0]),
          call(doing, "close", [oldRoot]),
        ]
      : []),
    call("leave the host's root", "umount2", [".", MNT.DETACH]),
    call(doing, "chdir", ["/"]),
  ];
}

/**
 * For a host whose root is the initramfs, which cannot be exchanged. The host's mounts stay below; its procfs and sysfs go, for a
 * process could make new ones as long as complete ones can be found in the namespace.
 */
function moveSteps(doing: string): Step[] {
  return [
    ...["/proc", "/sys"].map((path) =>
      call(`unmount the host's ${path}`, "umount2", [path, MNT.DETACH], { tolerate: [E.EINVAL, E.ENOENT] }),
    ),
    call(doing, "fchdir", [ROOT]),
    call(doing, "move_mount", [ROOT, "", AT.FDCWD, "/", MOVE_MOUNT.F_EMPTY_PATH]),
    call(doing, "chroot", ["."]),
    call(doing, "chdir", ["/"]),
  ];
}
