/** `pause` and `resume`: all processes of a container stop where they are, and go on. */
import { RuntimeError } from "../base/errors.ts";
import { pause, resume } from "../cgroup/freezer.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import type { ContainerRecord } from "../state/record.ts";
import { lockState } from "../state/store.ts";
import { inStatus } from "./in-status.ts";

/** @throws RuntimeError "container not running" when it is neither created nor running */
export function pauseContainer(root: string, id: string): void {
  // Held until the end of the command: a `start` or a `delete` at the same time waits.
  const lock = lockState(root, id);
  inStatus(root, lock, ["created", "running"], "container not running", (record) => pause(cgroupOf(record)));
}

/** @throws RuntimeError "container not paused" */
export function resumeContainer(root: string, id: string): void {
  const lock = lockState(root, id);
  inStatus(root, lock, ["paused"], "container not paused", (record) => resume(cgroupOf(record)));
}

function cgroupOf({ cgroup }: ContainerRecord): CgroupRecord {
  if (cgroup === undefined) throw new RuntimeError("the container was made without a cgroup: it has no freezer");
  return cgroup;
}
