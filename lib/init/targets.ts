/**
 * Places in the container's file system. Every path is followed by the kernel, inside the root and never through a magic link, and
 * what comes back is a descriptor: a name in the image is not looked up a second time for the same purpose.
 */
import { E } from "../linux/errno.ts";
import { O, OPEN_HOW_SIZE_VER0, RESOLVE } from "../linux/fcntl.ts";
import { S } from "../linux/stat.ts";
import { call, type Slot, type Step, slot, type Words, words } from "../program/step.ts";

const IN_ROOT = RESOLVE.IN_ROOT | RESOLVE.NO_MAGICLINKS;

/** struct open_how: how a place is opened. */
export const HOW = {
  any: words(O.PATH | O.CLOEXEC, 0, IN_ROOT),
  directory: words(O.PATH | O.DIRECTORY | O.CLOEXEC, 0, IN_ROOT),
  /** A symlink at the end is the place itself. */
  noFollow: words(O.PATH | O.NOFOLLOW | O.CLOEXEC, 0, IN_ROOT),
  /** No symlink anywhere. */
  plain: words(O.PATH | O.DIRECTORY | O.CLOEXEC, 0, IN_ROOT | RESOLVE.NO_SYMLINKS),
} as const;

/** Opens `path`, which must be there unless some errnos are tolerated; those are left in `result`. */
export function openInRoot(
  doing: string,
  rootfd: Slot,
  path: string | Slot,
  how: Words,
  result: Slot,
  tolerate: readonly number[] = [],
): Step {
  return call(doing, "openat2", [rootfd, path, how, OPEN_HOW_SIZE_VER0], { result, tolerate });
}

/**
 * Opens `path`, which is clean and absolute, as a place to mount on; what is missing of it is made.
 * @param file the last name, if missing, is made an empty file and not a directory
 * @param found steps to be done only if nothing was missing
 */
export function openTarget(
  doing: string,
  rootfd: Slot,
  path: string,
  target: Slot,
  { file = false, how = HOW.any, found = [] }: { file?: boolean; how?: Words; found?: readonly Step[] } = {},
): Step {
  return {
    op: "attempt",
    steps: [openInRoot(doing, rootfd, path, how, target), ...found],
    on: [E.ENOENT],
    otherwise: makeTarget(doing, rootfd, path, target, file, how),
  };
}

/**
 * A place for a file system that the kernel and the runtime trust by its path: were it behind a symlink, the image could choose
 * where it goes (CVE-2019-19921, CVE-2025-54867).
 */
export function openPlainTarget(doing: string, rootfd: Slot, path: string, target: Slot): Step {
  return {
    op: "attempt",
    steps: [openTarget(doing, rootfd, path, target, { how: HOW.plain })],
    on: [E.ELOOP],
    otherwise: [{ op: "fail", doing: `${doing}: it must be a directory of the image, not a symlink`, errno: E.ELOOP }],
  };
}

/**
 * Name after name, each in the directory that the names before it lead to. mkdirat(2) and mknodat(2) make nothing behind a symlink,
 * and the directory is a descriptor from inside the root, so nothing is made outside of it (CVE-2019-18837, CVE-2024-45310).
 */
function makeTarget(doing: string, rootfd: Slot, path: string, target: Slot, file: boolean, how: Words): Step[] {
  const steps: Step[] = [];
  let directory = rootfd;
  for (let start = 0, end = 0; end < path.length; start = end) {
    end = path.indexOf("/", start + 1);
    if (end < 0) end = path.length;
    const last = end === path.length;
    const name = path.slice(start + 1, end);
    const next = last ? target : slot("directory");
    steps.push(
      last && file
        ? call(doing, "mknodat", [directory, name, S.IFREG | 0o644, 0])
        : call(doing, "mkdirat", [directory, name, 0o755], { tolerate: [E.EEXIST] }),
      openInRoot(doing, rootfd, path.slice(0, end), last ? how : HOW.directory, next),
    );
    if (directory !== rootfd) steps.push(call(doing, "close", [directory]));
    directory = next;
  }
  return steps;
}
