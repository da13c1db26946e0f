/** What is done with the cgroup of a container that lives. */
import { RuntimeError } from "../base/errors.ts";
import type { ContainerRecord } from "../state/record.ts";
import type { Status } from "../state/status.ts";
import { type Lock, readRecord } from "../state/store.ts";
import { statusOf } from "./state.ts";

/**
 * Does `action` with a container that is in one of `states`. systemd removes a cgroup with its last process: who comes just too late
 * is told of the container's end, whatever could not be found any more.
 * @throws RuntimeError `otherwise`; what `action` throws
 */
export function inStatus(
  root: string,
  { id }: Lock,
  states: readonly Status[],
  otherwise: string,
  action: (record: ContainerRecord) => void,
): void {
  const record = readRecord(root, id);
  if (record === undefined || !states.includes(statusOf(root, record))) throw new RuntimeError(otherwise);
  try {
    action(record);
  } catch (error) {
    throw statusOf(root, record) === "stopped" ? new RuntimeError(otherwise, { cause: error }) : error;
  }
}
