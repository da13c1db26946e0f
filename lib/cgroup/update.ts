/** New limits for a container that has its cgroups. */
import type { Resources } from "../config/schema.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { applyBatches } from "./apply.ts";
import { carriersOf } from "./carriers.ts";
import { planPids, planResources } from "./plan.ts";

/** Writes what `resources` sets and leaves the rest. @throws RuntimeError that names the limit, and what is against it */
export function updateCgroup(record: CgroupRecord, resources: Resources): void {
  const carriers = carriersOf(record, (path) => path);
  applyBatches(record, [...planResources(resources, carriers), ...planPids(resources, carriers)]);
}
