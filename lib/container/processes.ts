/** `ps`: which processes a container has. */
import { RuntimeError } from "../base/errors.ts";
import { mainDirectory, processes } from "../cgroup/processes.ts";
import { isEnding } from "../state/status.ts";
import { readRecord } from "../state/store.ts";

/** The pids of all processes of a container, in order, as the runtime's pid namespace has them. Throws RuntimeError. */
export function containerProcesses(root: string, id: string): number[] {
  const record = readRecord(root, id);
  if (record === undefined)
    throw new RuntimeError("container does not exist: its create has not come so far, or was killed");
  if (record.cgroup === undefined) {
    throw new RuntimeError("the container was made without a cgroup: its processes can't be told from others");
  }
  const pids = processes(record.cgroup).sort((a, b) => a - b);
  if (pids.length === 0 && !isEnding(record)) {
    throw new RuntimeError(
      `the container runs, but not in its cgroup ${mainDirectory(record.cgroup)}: somebody has moved its processes`,
    );
  }
  return pids;
}
