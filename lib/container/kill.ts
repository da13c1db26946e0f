/** `kill`: a signal for the container's first process, or for all of its processes. */

import { RuntimeError } from "../base/errors.ts";
import { thaw } from "../cgroup/freezer.ts";
import { isEmpty, killAll, signalAll } from "../cgroup/processes.ts";
import { SIGNALS, signalNumber } from "../linux/signals.ts";
import { ANNOTATIONS } from "../spec/annotations.ts";
import type { ContainerRecord } from "../state/record.ts";
import { isAlive, isEnding } from "../state/status.ts";
import { readRecord } from "../state/store.ts";
import { close } from "../sys/file.ts";
import { pidfdOpen, pidfdSignal } from "../sys/process.ts";

/** image-spec's annotation for the signal that asks the program to end. */
const STOP_SIGNAL = ANNOTATIONS.stopSignal;

/**
 * Sends a signal, runtime.md § Kill.
 * @param signal its number; undefined: what the image calls its stop signal, else SIGTERM
 * @param all to every process in the container's cgroup, also when the first one has ended
 * @throws RuntimeError "container not running", "container does not exist"
 */
export function killContainer(root: string, id: string, signal: number | undefined, { all }: { all: boolean }): void {
  const record = readRecord(root, id);
  if (record === undefined)
    throw new RuntimeError("container not running: its create has not come so far, or was killed");
  const number = signal ?? stopSignal(record);
  // Without a pid namespace of its own the end of the first process leaves the others: a kill is meant for all.
  if ((all || (record.sharesPids && number === SIGNALS.SIGKILL)) && record.cgroup !== undefined) {
    if (!all && !isAlive(record)) throw notRunning();
    // Somebody has removed the cgroup: of the processes that were in it only the first is known.
    if (isEmpty(record.cgroup) && !isEnding(record)) signalFirstProcess(record, number);
    else if (number === SIGNALS.SIGKILL) killAll(record.cgroup);
    else signalAll(record.cgroup, number);
  } else {
    signalFirstProcess(record, number);
  }
  // Who has frozen a part of his container may do so again, before all have died.
  if (number === SIGNALS.SIGKILL && record.cgroup !== undefined && thaw(record.cgroup)) killAll(record.cgroup);
}

function signalFirstProcess(record: ContainerRecord, signal: number): void {
  const pidfd = record.process && pidfdOpen(record.process.pid);
  if (pidfd === undefined) throw notRunning();
  try {
    // After the pidfd is held: from here on it can be no other process that has got the same pid.
    if (!isAlive(record) || !pidfdSignal(pidfd, signal)) throw notRunning();
  } finally {
    close(pidfd);
  }
}

function stopSignal({ annotations }: ContainerRecord): number {
  const name = annotations[STOP_SIGNAL];
  if (name === undefined) return SIGNALS.SIGTERM;
  const number = signalNumber(name);
  if (number === undefined)
    throw new RuntimeError(`annotation ${STOP_SIGNAL} names no signal: it is ${JSON.stringify(name)}`);
  return number;
}

function notRunning(): RuntimeError {
  return new RuntimeError("container not running");
}
