/** The processes of a container, wherever below its cgroup they are. */
import { errnoOf, RuntimeError } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { SIGNALS } from "../linux/signals.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { type Fd, readFileIfExists, writeExisting } from "../sys/file.ts";
import { hasEnded, kill, processStat } from "../sys/process.ts";
import { isGone, thaw, whileFrozen } from "./freezer.ts";
import { directoryOf } from "./record.ts";
import { goThrough } from "./tree.ts";

/**
 * The pids of all processes in the container's cgroup and below, as the runtime's pid namespace has them; none when it is gone.
 * Throws SyscallError.
 */
export function processes(record: CgroupRecord, closed?: Closed): number[] {
  for (const path of mainDirectories(record)) {
    const pids = processesIfThere(path, closed);
    if (pids !== undefined) return pids;
  }
  return [];
}

/** What is done about cgroups that must not be opened; by default, it is an error. */
type Closed = () => void;

/** Whether there is no process in the container's cgroup and below: where it must not be looked, there may be one. Throws SyscallError. */
export function isEmpty(record: CgroupRecord): boolean {
  let isOpen = true;
  const pids = processes(record, () => {
    isOpen = false;
  });
  return isOpen && pids.length === 0;
}

/** The directory that knows all of a container's processes: of v1's, one in which no container moves its processes about. */
export function mainDirectory(record: CgroupRecord): string | undefined {
  return mainDirectories(record)[0];
}

/** All directories, those first that know best. */
function mainDirectories(record: CgroupRecord): string[] {
  const best = ["freezer", "devices", "pids", "memory", "unified"].map((name) => directoryOf(record, name));
  return [...best.filter((path) => path !== undefined), ...Object.values(record.paths)];
}

/** The pids in a cgroup directory and all below it; none when it is not there. Throws SyscallError. */
export function processesBelow(path: string, closed?: Closed): number[] {
  return processesIfThere(path, closed) ?? [];
}

function processesIfThere(path: string, closed: Closed | undefined): number[] | undefined {
  const pids: number[] = [];
  const isThere = goThrough(path, {
    enter: (directory) => {
      for (const line of processesFile(directory).split("\n")) {
        // A process of another pid namespace shows as 0.
        if (line !== "" && line !== "0") pids.push(Number(line));
      }
    },
    ...(closed && { closed }),
  });
  return isThere ? pids : undefined;
}

/** @throws RuntimeError when there are processes in the cgroup `path` or below: it is in use by another container */
export function refuseProcesses(path: string): void {
  const pids = processesBelow(path);
  if (pids.length === 0) return;
  throw new RuntimeError(
    `cgroup ${path} is not empty: ${pids.length} process(es) found: ${pids.slice(0, 10).join(", ")}`,
  );
}

function processesFile(directory: Fd): string {
  try {
    return readFileIfExists("cgroup.procs", directory) ?? "";
  } catch (error) {
    // A threaded cgroup, whose processes are listed by the domain above it.
    if (errnoOf(error) === E.EOPNOTSUPP) return "";
    throw error;
  }
}

/**
 * Sends a signal to every process of the container, all of them frozen meanwhile so that none is missed. One that is paused gets
 * it when it is resumed. Throws SyscallError.
 */
export function signalAll(record: CgroupRecord, signal: number): void {
  try {
    if (processes(record).length === 0) return;
    whileFrozen(record, () => {
      for (const pid of processes(record)) kill(pid, signal);
    });
  } catch (error) {
    // With its last process somebody has removed the cgroup.
    if (!isGone(error)) throw error;
  }
}

/** Kills every process of the container, paused or not; removeCgroup waits for their end. Throws as signalAll does. */
export function killAll(record: CgroupRecord): void {
  if (!killUnified(record)) signalAll(record, SIGNALS.SIGKILL);
  // Nobody is left then who could freeze another.
  thaw(record);
}

function hasLostFirstThread(pid: number): boolean {
  const stat = processStat(pid);
  return stat !== undefined && stat.state === "Z" && !hasEnded(stat);
}

/** cgroup.kill, Linux 5.14: all at once, and none can slip away by forking. Answers whether it could be used. */
function killUnified({ paths }: CgroupRecord): boolean {
  if (paths.unified === undefined) return false;
  try {
    writeExisting(`${paths.unified}/cgroup.kill`, "1");
    // The kernel signals first threads: one that has ended takes no signal for the others.
    for (const pid of processesBelow(paths.unified, () => {})) if (hasLostFirstThread(pid)) kill(pid, SIGNALS.SIGKILL);
    return true;
  } catch (error) {
    // There is no such file; or the container made its cgroup a threaded one.
    if (errnoOf(error) === E.ENOENT || errnoOf(error) === E.EOPNOTSUPP) return false;
    throw error;
  }
}
