/** `update`: new limits for a container that is there. */
import { RuntimeError } from "../base/errors.ts";
import { updateCgroup } from "../cgroup/update.ts";
import type { Resources } from "../config/schema.ts";
import { changeResctrl } from "../resctrl/groups.ts";
import { lockState, readRecord } from "../state/store.ts";
import { statusOf } from "./state.ts";

/** What is to be new. */
export interface Changes {
  readonly resources: Resources;
  /** Lines for the schemata file of the container's resctrl group. */
  readonly schemata: readonly string[];
}

/**
 * Sets what `changes` set and leaves the rest.
 * @throws RuntimeError "container not running"; or which limit can't be set, and why
 */
export function updateContainer(root: string, id: string, { resources, schemata }: Changes): void {
  lockState(root, id);
  const record = readRecord(root, id);
  if (record === undefined || ["creating", "stopped"].includes(statusOf(root, record))) {
    throw new RuntimeError("container not running");
  }
  if (schemata.length > 0 && record.resctrl === undefined) {
    throw new RuntimeError(
      "the container was made without linux.intelRdt: it has no group whose schemata could change",
    );
  }
  if (record.cgroup !== undefined) updateCgroup(record.cgroup, resources);
  else if (Object.keys(resources).length > 0) {
    throw new RuntimeError("the container was made without a cgroup: there is nothing to limit it by");
  }
  if (record.resctrl !== undefined) changeResctrl(record.resctrl, schemata);
}
