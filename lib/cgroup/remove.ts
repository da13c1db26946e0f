/** Removing a container's cgroups, with those that the container made below them. */
import { RuntimeError, SyscallError } from "../base/errors.ts";
import { E, reason } from "../linux/errno.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { rmdir } from "../sys/file.ts";
import { childrenOf, processesBelow } from "./processes.ts";
import { waitUntil } from "./wait.ts";

/** How long a cgroup is waited for whose last process is on its way out, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Removes the container's cgroup from every hierarchy; one that is gone already is fine. All are tried before the first failure
 * is told. @throws RuntimeError that names the directory: there are processes in it, or it can't be removed
 */
export function removeCgroup(record: CgroupRecord): void {
  let failure: unknown;
  for (const hierarchy in record.paths) {
    try {
      removeDirectory(record.paths[hierarchy] as string);
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}

/** Removes a cgroup directory and all below it, the deepest first. @throws RuntimeError */
function removeDirectory(path: string): void {
  // As a rule there is nothing below it.
  if (isRemoved(path)) return;
  const isDone = () => {
    for (const child of childrenOf(path)) removeDirectory(child);
    return isRemoved(path);
  };
  if (waitUntil(isDone, TIMEOUT)) return;
  throw new RuntimeError(`remove cgroup ${path}: there are still processes in it: ${processesBelow(path).join(", ")}`);
}

/** rmdir(2). Answers false while the cgroup is in use. @throws RuntimeError */
function isRemoved(path: string): boolean {
  const errno = rmdir(path);
  if (errno === 0 || errno === E.ENOENT) return true;
  if (errno === E.EBUSY || errno === E.ENOTEMPTY) return false;
  const cause = new SyscallError(`rmdir(${JSON.stringify(path)})`, errno, reason(errno));
  throw new RuntimeError(`remove cgroup ${path}`, { cause });
}
