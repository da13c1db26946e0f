/**
 * Places in the container's file system. Every path is followed by the kernel, inside the root and never through a magic link, and
 * what comes back is a descriptor: a name in the image is not looked up a second time for the same purpose.
 */
import { E } from "../linux/errno.ts";
import { O, OPEN_HOW_SIZE_VER0, RESOLVE } from "../linux/fcntl.ts";
import { call, type Slot, type Step, slot, type Words, words } from "../program/step.ts";

/** The container's root, open from `rootSteps` to `pivotSteps`. */
export const ROOT = slot("root");

/** Inside the root that the path starts from, wherever symlinks lead, and never to a file by its descriptor. */
export const IN_ROOT = RESOLVE.IN_ROOT | RESOLVE.NO_MAGICLINKS;

/** struct open_how: how a place is opened. */
export const HOW = {
  any: words(O.PATH | O.CLOEXEC, 0, IN_ROOT),
  directory: words(O.PATH | O.DIRECTORY | O.CLOEXEC, 0, IN_ROOT),
} as const;

/** Opens `path`, which must be there unless some errnos are tolerated; those are left in `result`. */
export function openInRoot(
  doing: string,
  path: string | Slot,
  how: Words,
  result: Slot,
  tolerate: readonly number[] = [],
): Step {
  return call(doing, "openat2", [ROOT, path, how, OPEN_HOW_SIZE_VER0], { result, tolerate });
}

/**
 * Opens `path`, which is clean and absolute, as a place to mount on; what is missing of it is made, as directories.
 * @param found steps to be done only if nothing was missing
 */
export function openTarget(
  doing: string,
  path: string,
  target: Slot,
  { how = HOW.any, found = [] }: { how?: Words; found?: readonly Step[] } = {},
): Step {
  return {
    op: "attempt",
    steps: [openInRoot(doing, path, how, target), ...found],
    on: [E.ENOENT],
    otherwise: makeTarget(doing, path, target, how),
  };
}

/**
 * Name after name, each in the directory that the names before it lead to. mkdirat(2) makes nothing behind a symlink, and the
 * directory is a descriptor from inside the root, so nothing is made outside of it (CVE-2019-18837, CVE-2024-45310).
 */
function makeTarget(doing: string, path: string, target: Slot, how: Words): Step[] {
  const steps: Step[] = [];
  let directory = ROOT;
  for (let start = 0, end = 0; end < path.length; start = end) {
    end = path.indexOf("/", start + 1);
    if (end < 0) end = path.length;
    const last = end === path.length;
    const name = path.slice(start + 1, end);
    const next = last ? target : slot("directory");
    steps.push(
      call(doing, "mkdirat", [directory, name, 0o755], { tolerate: [E.EEXIST] }),
      openInRoot(doing, path.slice(0, end), last ? how : HOW.directory, next),
    );
    if (directory !== ROOT) steps.push(call(doing, "close", [directory]));
    directory = next;
  }
  return steps;
}
