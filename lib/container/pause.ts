/** `pause` and `resume`: all processes of a container stop where they are, and go on. */
import { RuntimeError } from "../base/errors.ts";
import { pause, resume } from "../cgroup/freezer.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import type { Status } from "../state/status.ts";
import { type Lock, lockState, readRecord } from "../state/store.ts";
import { statusOf } from "./state.ts";

/** @throws RuntimeError "container not running" when it is neither created nor running */
export function pauseContainer(root: string, id: string): void {
  // Held until the end of the command: a `start` or a `delete` at the same time waits.
  const lock = lockState(root, id);
  pause(cgroupIn(root, lock, ["created", "running"], "container not running"));
}

/** @throws RuntimeError "container not paused" */
export function resumeContainer(root: string, id: string): void {
  const lock = lockState(root, id);
  resume(cgroupIn(root, lock, ["paused"], "container not paused"));
}

/** The cgroup of a container that is in one of `states`. @throws RuntimeError `otherwise` */
function cgroupIn(root: string, { id }: Lock, states: readonly Status[], otherwise: string): CgroupRecord {
  const record = readRecord(root, id);
  if (record === undefined || !states.includes(statusOf(root, record))) throw new RuntimeError(otherwise);
  if (record.cgroup === undefined) throw new RuntimeError("the container was made without a cgroup: it has no freezer");
  return record.cgroup;
}
