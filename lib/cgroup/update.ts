/** New limits for a container that has its cgroups. */
import type { Resources } from "../config/schema.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { readFile } from "../sys/file.ts";
import { applyBatches } from "./apply.ts";
import { carriersOf } from "./carriers.ts";
import { deviceChanges } from "./devices.ts";
import { type Batch, planPids, planResources } from "./plan.ts";
import { directoryOf } from "./record.ts";

/** Writes what `resources` sets and leaves the rest. @throws RuntimeError that names the limit, and what is against it */
export function updateCgroup(record: CgroupRecord, resources: Resources): void {
  const carriers = carriersOf(record, (path) => path);
  const batches = [...planResources(resources, carriers), ...planPids(resources, carriers)];
  applyBatches(
    record,
    batches.map((batch) => (batch.hierarchy === "devices" ? inUse(record, batch, resources) : batch)),
  );
}

/** Device rules of v1 for a cgroup whose processes go on meanwhile. */
function inUse(record: CgroupRecord, batch: Batch, { devices = [] }: Resources): Batch {
  const list = readFile(`${directoryOf(record, "devices")}/devices.list`);
  return { ...batch, writes: deviceChanges(list, devices) };
}
