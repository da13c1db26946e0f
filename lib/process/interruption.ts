/**
 * Signals while a container is being made. They don't end the command where it is, which would leave what it has made by then:
 * they end its waiting, so that it can take that away.
 */
import { InterruptedError } from "../base/errors.ts";
import { POLL } from "../linux/poll.ts";
import { SIGNALS, signalName } from "../linux/signals.ts";
import type { Fd } from "../sys/file.ts";
import { poll } from "../sys/poll.ts";
import { milliseconds } from "../sys/process.ts";
import { catchSignals, isIgnored, nextSignal, releaseSignals } from "../sys/signals.ts";

/** Where they are read from, as long as they are caught. */
let caught: Fd | undefined;

/** From here on a signal ends the waiting of this command. @returns where signals can be read later on, signalfd(2) */
export function catchInterruptions(): Fd {
  caught ??= catchSignals();
  return caught;
}

/** Leaves out the signals that have come so far: they were for something else. */
export function forgetInterruptions(): void {
  while (caught !== undefined && nextSignal(caught) !== undefined);
}

/** From here on signals do what they do to any command; one that has come meanwhile does so now. */
export function releaseInterruptions(): void {
  if (caught !== undefined) releaseSignals();
  caught = undefined;
}

/**
 * Waits until one of the descriptors has something to say; a pidfd does when its process has ended.
 * @param limit milliseconds to wait at most
 * @returns which of them have: none when the time is over. @throws InterruptedError, SyscallError
 */
export function awaitAny(fds: readonly Fd[], limit?: number): (fd: Fd) => boolean {
  const signals = caught;
  const interests = (signals === undefined ? fds : [...fds, signals]).map((fd): [Fd, number] => [fd, POLL.IN]);
  const end = limit === undefined ? undefined : milliseconds() + limit;
  for (;;) {
    const left = end === undefined ? undefined : Math.max(end - milliseconds(), 0);
    const ready = poll(interests, left);
    // What was waited for comes first: the signal may be for the program that runs from now on.
    if (left === 0 || fds.some(ready)) return ready;
    if (signals !== undefined && ready(signals)) throwInterruption(signals);
  }
}

/** Signals that by default stop a process, or do nothing to it. */
const HARMLESS: readonly number[] = [
  SIGNALS.SIGCHLD,
  SIGNALS.SIGCONT,
  SIGNALS.SIGTSTP,
  SIGNALS.SIGTTIN,
  SIGNALS.SIGTTOU,
  SIGNALS.SIGURG,
  SIGNALS.SIGWINCH,
];

function throwInterruption(signals: Fd): void {
  for (let signal = nextSignal(signals); signal !== undefined; signal = nextSignal(signals)) {
    if (HARMLESS.includes(signal) || isIgnored(signal)) continue;
    throw new InterruptedError(signal, signalName(signal));
  }
}
