/** `update`: new limits for a container that is there. */
import { RuntimeError } from "../base/errors.ts";
import { updateCgroup } from "../cgroup/update.ts";
import type { Resources } from "../config/schema.ts";
import { changeResctrl } from "../resctrl/groups.ts";
import type { ContainerRecord } from "../state/record.ts";
import { lockState } from "../state/store.ts";
import { inStatus } from "./in-status.ts";

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
export function updateContainer(root: string, id: string, changes: Changes): void {
  const lock = lockState(root, id);
  const states = ["created", "running", "paused"] as const;
  inStatus(root, lock, states, "container not running", (record) => update(record, changes));
}

function update({ cgroup, resctrl }: ContainerRecord, { resources, schemata }: Changes): void {
  if (schemata.length > 0 && resctrl === undefined) {
    throw new RuntimeError(
      "the container was made without linux.intelRdt: it has no group whose schemata could change",
    );
  }
  if (cgroup !== undefined) updateCgroup(cgroup, resources);
  else if (Object.keys(resources).length > 0) {
    throw new RuntimeError("the container was made without a cgroup: there is nothing to limit it by");
  }
  if (resctrl !== undefined) changeResctrl(resctrl, schemata);
}
