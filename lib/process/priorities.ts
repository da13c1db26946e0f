/** Priorities of a process in a user namespace: they are the host's to give, so the runtime gives them from outside. */
import { during } from "../base/errors.ts";
import { attributes } from "../init/scheduling.ts";
import { IOPRIO_WHO } from "../linux/sched.ts";
import type { ProcessSpec } from "../spec/container-spec.ts";
import { must } from "../sys/ffi.ts";

/** sched_setattr(2) and ioprio_set(2) for process `pid`. @throws RuntimeError */
export function givePriorities(pid: number, { scheduler, ioPriority }: ProcessSpec): void {
  if (scheduler !== undefined) {
    during(`set the scheduling policy ${scheduler.name}`, () => must("sched_setattr", pid, attributes(scheduler), 0));
  }
  if (ioPriority !== undefined) {
    during("set the I/O priority", () => must("ioprio_set", IOPRIO_WHO.PROCESS, pid, ioPriority));
  }
}
