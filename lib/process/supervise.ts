/** A container in the foreground: this command lives as long as it does, hands it signals, and ends as it ended. */

import { POLL } from "../linux/poll.ts";
import { PR } from "../linux/prctl.ts";
import { SIGNALS } from "../linux/signals.ts";
import { W } from "../linux/wait.ts";
import { syscall } from "../sys/ffi.ts";
import type { Fd } from "../sys/file.ts";
import { poll } from "../sys/poll.ts";
import { getpid, kill, wait } from "../sys/process.ts";
import { nextSignal } from "../sys/signals.ts";
import type { NotifyProxy } from "./notify.ts";
import type { Relay } from "./relay.ts";

/** Orphans of the container's descendants become children of this process, prctl(2), so that none stays a zombie. */
export function becomeSubreaper(): void {
  syscall("prctl", PR.SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/**
 * Waits for the end of child `pid`, meanwhile passing signals on to it.
 * @param signals the descriptor of catchSignals(), called before the child was made so that no signal is lost
 * @returns its exit code, 128 + n if signal n ended it
 */
export function supervise(pid: number, signals: Fd, relay: Relay | undefined, proxy?: NotifyProxy): number {
  // The SIGCHLD of one that has ended by now may have been read already.
  let status = reap(pid);
  while (status === undefined) {
    const interests: [Fd, number][] = [[signals, POLL.IN], ...(relay?.interests() ?? [])];
    if (proxy !== undefined) interests.push([proxy.fd, POLL.IN]);
    const ready = poll(interests);
    relay?.move(ready);
    // This process ends with the container, and as it does: it is the one whose end is the service's.
    if (proxy !== undefined && ready(proxy.fd)) proxy.pass(getpid());
    if (ready(signals)) status = handleSignals(pid, signals, relay);
  }
  proxy?.pass(getpid());
  return status;
}

/** Answers the child's exit code once it has ended. */
function handleSignals(pid: number, signals: Fd, relay: Relay | undefined): number | undefined {
  for (let signal = nextSignal(signals); signal !== undefined; signal = nextSignal(signals)) {
    switch (signal) {
      case SIGNALS.SIGCHLD: {
        const status = reap(pid);
        if (status !== undefined) return status;
        break;
      }
      case SIGNALS.SIGWINCH:
        if (relay === undefined) kill(pid, signal);
        else relay.resize();
        break;
      default:
        kill(pid, signal);
    }
  }
  return undefined;
}

/** Reaps all children that have ended; answers the exit code of `pid` if it is among them. */
function reap(pid: number): number | undefined {
  let status: number | undefined;
  for (let child = wait(-1, W.NOHANG); child !== undefined; child = wait(-1, W.NOHANG)) {
    if (child.pid === pid) status = child.status;
  }
  return status;
}
