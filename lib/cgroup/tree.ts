/**
 * A cgroup and all below it. A container that may make cgroups can make them deeper than a path, a stack or a table of descriptors
 * reaches: so they are gone through one by one, each from the one before.
 */
import { errnoOf } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import { DT } from "../linux/stat.ts";
import { close, type Fd, open, openIfExists, readdir } from "../sys/file.ts";

/** What is done on the way. */
interface Visitor {
  /** With each cgroup, before those below it. */
  readonly enter?: (directory: Fd) => void;
  /** With each but the first, after those below it. */
  readonly leave?: (parent: Fd, name: string) => void;
}

/**
 * Goes through the cgroup `path` and all below it; one that is not there any more is left out. Throws what the visitor throws, SyscallError.
 * @returns whether there is a cgroup `path`
 */
export function goThrough(path: string, { enter, leave }: Visitor): boolean {
  const first = openIfExists(path, O.RDONLY | O.DIRECTORY);
  if (first === undefined) return false;
  let at = first;
  const above: { readonly name: string; readonly siblings: string[] }[] = [];
  try {
    enter?.(at);
    let left = childNames(at);
    for (;;) {
      const name = left.pop();
      if (name === undefined) {
        const up = above.pop();
        if (up === undefined) return true;
        const parent = open("..", O.RDONLY | O.DIRECTORY, 0, at);
        close(at);
        at = parent;
        left = up.siblings;
        leave?.(at, up.name);
      } else {
        const child = openIfExists(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW, at);
        if (child === undefined) continue;
        close(at);
        at = child;
        above.push({ name, siblings: left });
        enter?.(at);
        left = childNames(at);
      }
    }
  } finally {
    close(at);
  }
}

/** The names of the cgroups directly below one; none when it is gone since it was opened. Throws SyscallError. */
function childNames(directory: Fd): string[] {
  try {
    const names: string[] = [];
    for (const { name, type } of readdir(directory)) if (type === DT.DIR) names.push(name);
    return names;
  } catch (error) {
    if (errnoOf(error) === E.ENOENT) return [];
    throw error;
  }
}

/** The cgroups directly below a cgroup directory; none when it is not there. Throws SyscallError. */
export function childrenOf(path: string): string[] {
  const directory = openIfExists(path, O.RDONLY | O.DIRECTORY);
  if (directory === undefined) return [];
  try {
    return childNames(directory).map((name) => `${path}/${name}`);
  } finally {
    close(directory);
  }
}
