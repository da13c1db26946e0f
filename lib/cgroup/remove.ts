/** Removing a container's cgroups, with those that the container made below them. */
import { RuntimeError, SyscallError } from "../base/errors.ts";
import { E, reason } from "../linux/errno.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { decode } from "../sys/ffi.ts";
import { CWD, type Fd, type Path, rmdir, stat } from "../sys/file.ts";
import { giveBack } from "./borrow.ts";
import { thaw } from "./freezer.ts";
import { processesBelow } from "./processes.ts";
import { stopScope } from "./scope.ts";
import { goThrough } from "./tree.ts";
import { waitUntil } from "./wait.ts";

/** How long to wait for processes that are on their way out, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Removes the container's cgroup from every hierarchy; one that is gone already is fine. All are tried before a failure is told.
 * @throws RuntimeError that names the directory: there are processes in it, or it can't be removed
 */
export function removeCgroup(record: CgroupRecord): void {
  const ended = hasEnded(record);
  let failure: unknown;
  let left = Object.values(record.paths);
  const isDone = () => {
    left = left.filter((path) => {
      try {
        return !isTreeRemoved(path);
      } catch (error) {
        failure ??= error;
        return false;
      }
    });
    return left.length === 0;
  };
  if (!isDone() && !endsInTime(record, isDone)) {
    const pids = left.flatMap((path) => processesBelow(path, () => {}));
    failure ??= new RuntimeError(
      `remove cgroup ${left[0]}: there are still processes in it: ${[...new Set(pids)].join(", ")}`,
    );
  }
  if (failure !== undefined) throw failure;
  giveBack(record);
  if (record.scope && !ended) stopScope(record.scope);
}

/** Waits for the last processes. Throws SyscallError. */
function endsInTime(record: CgroupRecord, isDone: () => boolean): boolean {
  // One that came in, to exec, when the container had been paused and its first process was ending can't end by itself.
  thaw(record);
  return waitUntil(isDone, TIMEOUT);
}

/** Whether a scope is over for systemd, too: on v2 it notices the end of the last process, and then removes the directory itself. */
function hasEnded({ version, scope, paths: { unified } }: CgroupRecord): boolean {
  return scope !== undefined && version === 2 && unified !== undefined && stat(unified) === undefined;
}

/** Removes a cgroup directory and all below it, the deepest first. Answers false while one is in use. @throws RuntimeError */
function isTreeRemoved(path: string): boolean {
  // As a rule there is nothing below it.
  if (isRemoved(path)) return true;
  const leave = (parent: Fd, name: Path): boolean => isRemoved(name, parent);
  goThrough(path, { leave, closed: leave });
  return isRemoved(path);
}

/** rmdir(2). Answers false while the cgroup is in use. @throws RuntimeError */
function isRemoved(path: Path, parent = CWD): boolean {
  const errno = rmdir(path, parent);
  if (errno === 0 || errno === E.ENOENT) return true;
  if (errno === E.EBUSY || errno === E.ENOTEMPTY) return false;
  const name = typeof path === "string" ? path : decode(path, 0, path.length - 1);
  const cause = new SyscallError(`rmdir(${JSON.stringify(name)})`, errno, reason(errno));
  throw new RuntimeError(`remove cgroup ${name}`, { cause });
}
