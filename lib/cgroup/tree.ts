/**
 * A cgroup and all below it. A container that may make cgroups can make them deeper than a path, a stack or a table of descriptors
 * reaches: so they are gone through one by one, each from the one before.
 */
import { errnoOf } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import { DT } from "../linux/stat.ts";
import { close, type Entry, type Fd, open, openIfExists, type Path, readdir } from "../sys/file.ts";

/** What is done on the way. */
interface Visitor {
  /** With each cgroup, before those below it. */
  readonly enter?: (directory: Fd) => void;
  /** With each but the first, after those below it. */
  readonly leave?: (parent: Fd, name: Path) => void;
  /** In place of both, with each that must not be opened: a user's container may have given it to an id of its own. */
  readonly closed?: (parent: Fd, name: Path) => void;
}

/**
 * Goes through the cgroup `path` and all below it; one that is not there any more is left out. Throws what the visitor throws, SyscallError.
 * @returns whether there is a cgroup `path`
 */
export function goThrough(path: string, { enter, leave, closed }: Visitor): boolean {
  const first = openIfExists(path, O.RDONLY | O.DIRECTORY);
  if (first === undefined) return false;
  let at = first;
  const above: { readonly name: Path; readonly siblings: Path[] }[] = [];
  try {
    enter?.(at);
    let left = childPaths(at);
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
        const child = openChild(name, at, closed);
        if (child === undefined) continue;
        close(at);
        at = child;
        above.push({ name, siblings: left });
        enter?.(at);
        left = childPaths(at);
      }
    }
  } finally {
    close(at);
  }
}

function openChild(name: Path, parent: Fd, closed: Visitor["closed"]): Fd | undefined {
  try {
    return openIfExists(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW, parent);
  } catch (error) {
    if (closed === undefined || errnoOf(error) !== E.EACCES) throw error;
    closed(parent, name);
    return undefined;
  }
}

/** The cgroups directly below one, which may be no UTF-8; none when it is gone since it was opened. Throws SyscallError. */
function childPaths(directory: Fd): Path[] {
  return children(directory).map(({ path }) => path);
}

function children(directory: Fd): Entry[] {
  try {
    return readdir(directory).filter(({ type }) => type === DT.DIR);
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
    return children(directory).map(({ name }) => `${path}/${name}`);
  } finally {
    close(directory);
  }
}
