/** How a record of cgroups is read. */
import type { CgroupRecord } from "../spec/cgroup-record.ts";

/** The directory in which v1 controller `name` (or `systemd`, `unified`) acts; undefined when the record has none. */
export function directoryOf(record: CgroupRecord, name: string): string | undefined {
  const path = record.paths[name];
  if (path !== undefined) return path;
  for (const controllers in record.paths) {
    if (controllers.split(",").includes(name)) return record.paths[controllers];
  }
  return undefined;
}

/** What a process opens, under the host's paths, to be in the container's cgroups. */
export interface Join {
  /**
   * Files of v1 in each of which the process itself writes "0". It must be `tasks`, "0" and a process of one thread: writing a
   * pid, or to `cgroup.procs`, takes cgroup_threadgroup_rwsem for writing, which on an idle machine waits some 10 ms for RCU.
   */
  readonly tasks: readonly string[];
  /** The one of them whose hierarchy counts memory. */
  readonly memory: string | undefined;
  /** Directory of v2 for CLONE_INTO_CGROUP of clone3(2), which takes that lock for reading only. */
  readonly unified: string | undefined;
}

/** How to get into the cgroups of `record`. */
export function joinOf(record: CgroupRecord): Join {
  const tasks: string[] = [];
  for (const controllers in record.paths) {
    if (controllers !== "unified") tasks.push(`${record.paths[controllers]}/tasks`);
  }
  const counting = record.version === 1 ? directoryOf(record, "memory") : undefined;
  return { tasks, memory: counting && `${counting}/tasks`, unified: record.paths.unified };
}
