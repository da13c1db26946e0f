/** `delete`: runtime.md § Delete; as engines expect, of a created container too, and with force of one in any state. */
import { describe, errnoOf, RuntimeError } from "../base/errors.ts";
import type { ContainerRecord } from "../state/record.ts";
import { type Lock, lockState, NotFoundError, readRecord, removeState } from "../state/store.ts";
import { destroy, type Warn } from "./destroy.ts";
import { unmountAnyRoot } from "./host-root.ts";
import { statusOf } from "./state.ts";

export interface DeleteOptions {
  /** Delete it whatever it is doing; one that does not exist is fine. */
  readonly force: boolean;
  readonly warn: Warn;
}

/** Deletes a container. @throws RuntimeError when it does not exist or is running, and force is not asked for */
export function deleteContainer(root: string, id: string, { force, warn }: DeleteOptions): void {
  let lock: Lock;
  try {
    lock = lockState(root, id);
  } catch (error) {
    if (force && error instanceof NotFoundError) return;
    throw error;
  }
  let record: ContainerRecord | undefined;
  try {
    record = readRecord(root, id);
  } catch (error) {
    // One that can't be read just now may be of a container that runs; one that nobody can read is of no use.
    if (!force || errnoOf(error) !== undefined) throw error;
    warn(describe(error));
  }
  // A create that was killed before it wrote its record has made nothing else; of one that can't be read the mounts are known.
  if (record === undefined) {
    unmountAnyRoot(root, id);
    removeState(root, lock);
    return;
  }
  if (!force) checkStopped(root, record);
  destroy(root, lock, record, warn);
}

function checkStopped(root: string, record: ContainerRecord): void {
  const status = statusOf(root, record);
  if (status === "stopped" || status === "created") return;
  // A record without a process is one whose create died; this command holds the lock that statusOf asks for.
  if (status === "creating") return;
  throw new RuntimeError(`cannot delete container ${record.id} that is not stopped: ${status}`);
}
