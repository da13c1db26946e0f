/** `update`: new limits for a container that is there. */
import { RuntimeError } from "../base/errors.ts";
import { updateCgroup } from "../cgroup/update.ts";
import type { Resources } from "../config/schema.ts";
import { lockState, readRecord } from "../state/store.ts";
import { statusOf } from "./state.ts";

/**
 * Sets what `resources` sets and leaves the rest.
 * @throws RuntimeError "container not running"; or which limit can't be set, and why
 */
export function updateContainer(root: string, id: string, resources: Resources): void {
  lockState(root, id);
  const record = readRecord(root, id);
  if (record === undefined || ["creating", "stopped"].includes(statusOf(root, record))) {
    throw new RuntimeError("container not running");
  }
  if (record.cgroup === undefined) {
    throw new RuntimeError("the container was made without a cgroup: there is nothing to limit it by");
  }
  updateCgroup(record.cgroup, resources);
}
