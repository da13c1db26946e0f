/** The end of a container, from whatever state: its processes, its cgroup, its hooks, its state directory. */
import { describe, during, RuntimeError } from "../base/errors.ts";
import { isFrozenAbove, thaw } from "../cgroup/freezer.ts";
import { killAll, processes } from "../cgroup/processes.ts";
import { removeCgroup } from "../cgroup/remove.ts";
import { SIGNALS } from "../linux/signals.ts";
import { runHooks } from "../process/hooks.ts";
import { isInit } from "../process/launch.ts";
import { removeResctrl } from "../resctrl/groups.ts";
import type { ContainerRecord } from "../state/record.ts";
import { isAlive } from "../state/status.ts";
import { type Lock, removeState } from "../state/store.ts";
import { close } from "../sys/file.ts";
import { waitReadable } from "../sys/poll.ts";
import { kill, pidfdOpen, pidfdSignal, wait } from "../sys/process.ts";
import { unmountRoot } from "./host-root.ts";
import { stateDocument } from "./state.ts";

/** How long the kernel may take to end a killed process, in milliseconds. */
const KILL_TIME = 10_000;

/** In what time it does so as a rule. */
const SOON = 100;

/** Says something that does not stop the command. */
export type Warn = (message: string) => void;

/**
 * Ends all processes of the container, removes its cgroup, runs its poststop hooks and removes its state (runtime.md §
 * Lifecycle, the last steps). A poststop hook that fails is a warning.
 * @throws RuntimeError when a process can't be ended or a cgroup not be removed; the state then stays for another try
 */
export function destroy(root: string, lock: Lock, record: ContainerRecord, warn: Warn): void {
  killProcesses(record);
  if (record.rootPlace !== undefined) unmountRoot(record.rootPlace);
  if (record.cgroup !== undefined) removeCgroup(record.cgroup);
  if (record.resctrl !== undefined) removeResctrl(record.resctrl);
  if (record.hooks.poststop.length > 0) {
    const state = JSON.stringify(stateDocument(record, "stopped"));
    for (const hook of record.hooks.poststop) {
      try {
        runHooks("poststop", [hook], { state, bundle: record.bundle, annotations: record.annotations });
      } catch (error) {
        warn(describe(error));
      }
    }
  }
  const rest = removeState(root, lock);
  if (rest !== undefined)
    warn(`the container has given directories to other ids, which stay in ${rest}: its ids, or root, can remove them`);
}

/** Ends the container's first process and, where its end isn't theirs, all others in its cgroup. */
function killProcesses(record: ContainerRecord): void {
  // Without a process it may be that not even the cgroup was the container's: its place was taken, and that was noticed late.
  if (record.process === undefined) {
    endOrphan(record);
    return;
  }
  endFirstProcess(record);
  if (record.sharesPids && record.cgroup !== undefined) killAll(record.cgroup);
}

/**
 * A `create` that was killed may have left an init program in the cgroup, in a hook perhaps, whose pid it had no time to write
 * down. It is known by the file that it executes, which no one else does; with it die all in its pid namespace.
 */
function endOrphan({ cgroup }: ContainerRecord): void {
  if (cgroup === undefined) return;
  for (const pid of processes(cgroup)) if (isInit(pid)) kill(pid, SIGNALS.SIGKILL);
}

function endFirstProcess(record: ContainerRecord): void {
  const pid = record.process?.pid;
  if (pid === undefined || !isAlive(record)) return;
  const pidfd = pidfdOpen(pid);
  // Asked again, since the pid may have become another process's before there was a pidfd.
  if (pidfd === undefined || !isAlive(record)) return;
  try {
    during(`kill process ${pid}`, () => pidfdSignal(pidfd, SIGNALS.SIGKILL));
    const { cgroup } = record;
    // Who has frozen a part of his container may do so again, before all have died.
    if (cgroup !== undefined && (thaw(cgroup) || (!waitReadable(pidfd, SOON) && thaw(cgroup)))) killAll(cgroup);
    if (!waitReadable(pidfd, KILL_TIME)) {
      const frozen = record.cgroup !== undefined && isFrozenAbove(record.cgroup);
      const why = frozen ? ": a cgroup above the container's is frozen" : "";
      throw new RuntimeError(`process ${pid} lives on ${KILL_TIME} ms after SIGKILL${why}`);
    }
  } finally {
    close(pidfd);
  }
  // A process that this very command made is its child, and a zombie until it is waited for.
  wait(pid);
}
