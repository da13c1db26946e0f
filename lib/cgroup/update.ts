/** New limits for a container that has its cgroups. */
import type { Resources } from "../config/schema.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { readFile, readFileIfExists } from "../sys/file.ts";
import { applyBatches } from "./apply.ts";
import { carriersOf } from "./carriers.ts";
import { deviceChanges } from "./devices.ts";
import { type Batch, planPids, planResources } from "./plan.ts";
import { limitProperties } from "./properties.ts";
import { directoryOf } from "./record.ts";
import { setScopeProperties } from "./scope.ts";

/** Writes what `resources` sets and leaves the rest. @throws RuntimeError that names the limit, and what is against it */
export function updateCgroup(record: CgroupRecord, resources: Resources): void {
  const carriers = carriersOf(record, (path) => path);
  const batches = [...planResources(resources, carriers), ...planPids(resources, carriers)];
  if (record.scope) setScopeProperties(record.scope, limitProperties(batches, presentPeriod(record)));
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

/** The period that a quota of now is for, in microseconds; undefined when there is none. */
function presentPeriod(record: CgroupRecord): number | undefined {
  const path = directoryOf(record, "cpu") ?? record.paths.unified;
  const text = readFileIfExists(`${path}/cpu.max`)?.split(" ")[1] ?? readFileIfExists(`${path}/cpu.cfs_period_us`);
  return text === undefined ? undefined : Number(text);
}
