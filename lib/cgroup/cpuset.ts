/** A new cpuset of cgroup v1 has no CPUs and no memory nodes, and takes no process until it has: cpuset(7). */
import type { Resources } from "../config/schema.ts";
import { readFile, writeExisting } from "../sys/file.ts";
import { parentOf } from "./path.ts";

/**
 * Gives a cpuset, and those above it that are empty, the CPUs and nodes of the one above. A list that linux.resources sets for
 * the cpuset itself is left to it. Throws SyscallError.
 * @param mountPoint the root cpuset, which is never empty
 * @param path the cpuset, below it
 * @param fresh it was made just now: what it has by clone_children is its parent's
 */
export function fillCpuset(mountPoint: string, path: string, fresh: boolean, { cpu }: Resources): void {
  fill(mountPoint, path, "cpuset.cpus", fresh, Boolean(cpu?.cpus));
  fill(mountPoint, path, "cpuset.mems", fresh, Boolean(cpu?.mems));
}

function fill(mountPoint: string, path: string, file: string, fresh: boolean, given: boolean): void {
  if (given) listOf(mountPoint, parentOf(path), file);
  else if (fresh) writeExisting(`${path}/${file}`, listOf(mountPoint, parentOf(path), file));
  else listOf(mountPoint, path, file);
}

/** The list of the cpuset `path`, which it gets from the one above first if it has none. */
function listOf(mountPoint: string, path: string, file: string): string {
  const list = readFile(`${path}/${file}`).trim();
  if (list !== "" || path === mountPoint) return list;
  const above = listOf(mountPoint, parentOf(path), file);
  writeExisting(`${path}/${file}`, above);
  return above;
}
