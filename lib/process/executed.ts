/** Whether a program was executed, asked when what closes on execve(2) has closed. */
import { close } from "../sys/file.ts";
import { waitReadable } from "../sys/poll.ts";
import { type ProcessStat, pidfdOpen, processStat } from "../sys/process.ts";

/** How long execve(2) may take to come to its end, in milliseconds. */
const TIMEOUT = 10_000;

/** Between two looks, in milliseconds. */
const PAUSE = 1;

/**
 * How process `pid` stands when it has died without having executed a program; undefined when it has executed one, or is gone.
 * The kernel may show for some time after the close what was before execve(2): a process that lives is waited for.
 */
export function diedUnexecuted(pid: number): ProcessStat | undefined {
  const isPending = ({ state, neverExecuted }: ProcessStat): boolean => neverExecuted && !"ZX".includes(state);
  let stat = processStat(pid);
  if (stat !== undefined && isPending(stat)) {
    const pidfd = pidfdOpen(pid);
    for (let waited = 0; pidfd !== undefined && stat && isPending(stat) && waited < TIMEOUT; waited += PAUSE) {
      waitReadable(pidfd, PAUSE);
      stat = processStat(pid);
    }
    if (pidfd !== undefined) close(pidfd);
  }
  return stat?.neverExecuted ? stat : undefined;
}
