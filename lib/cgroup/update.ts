/** New limits for a container that has its cgroups. */
import { RuntimeError } from "../base/errors.ts";
import type { Resources } from "../config/schema.ts";
import type { CgroupRecord, Scope } from "../spec/cgroup-record.ts";
import { readFile, readFileIfExists, stat } from "../sys/file.ts";
import { applyBatches, settleBatches } from "./apply.ts";
import { carriersOf } from "./carriers.ts";
import { deviceChanges } from "./devices.ts";
import { type Batch, type Carriers, planPids, planResources } from "./plan.ts";
import { mainDirectory } from "./processes.ts";
import { limitProperties } from "./properties.ts";
import { directoryOf } from "./record.ts";
import { setScopeProperties } from "./scope.ts";
import { presentBatches, putBack } from "./undo.ts";
import { numberWrite } from "./write.ts";

/**
 * Writes what `resources` sets and leaves the rest; when something fails, all.
 * @throws RuntimeError that names the limit, and what is against it
 */
export function updateCgroup(record: CgroupRecord, resources: Resources): void {
  const carriers = carriersOf(record, (path) => path);
  const limits = [...planResources(resources, carriers), ...planOomKiller(resources, carriers)];
  const isDevices = ({ devices }: Batch) => devices !== undefined;
  // Device rules come last: what they were before can't be read from the kernel.
  const planned = [
    ...limits.filter((batch) => !isDevices(batch)),
    ...planPids(resources, carriers),
    ...limits.filter(isDevices),
  ];
  const before = presentBatches(record, planned);
  const { period } = presentCpu(record);
  const batches = record.scope ? tellSystemd(record, record.scope, planned) : planned;
  try {
    applyBatches(
      record,
      batches.map((batch) => (batch.hierarchy === "devices" ? inUse(record, batch, resources) : batch)),
    );
  } catch (error) {
    putBack(record, before, period, error);
  }
}

/** In a config.json `false` is what there is anyhow; here it may be a change. */
function planOomKiller({ memory }: Resources, { version, mounted }: Carriers): Batch[] {
  if (memory?.disableOOMKiller !== false || version === 2 || !mounted("memory")) return [];
  const writes = [numberWrite("memory.disableOOMKiller", "memory.oom_control", 0)];
  return [{ hierarchy: "memory", controllers: [], writes }];
}

/** Tells systemd, which writes what it knows: what depends on that is found out before. @returns what is to be written then */
function tellSystemd(record: CgroupRecord, scope: Scope, planned: readonly Batch[]): Batch[] {
  const path = mainDirectory(record);
  // systemd would make it anew, for nobody.
  if (path !== undefined && stat(path) === undefined) throw new RuntimeError(`the container's cgroup ${path} is gone`);
  const { quota, period } = presentCpu(record);
  const batches = settleBatches(record, planned).map((batch) => withQuota(batch, quota));
  setScopeProperties(scope, limitProperties(batches, period));
  return batches;
}

/** systemd keeps a quota per second: with another period it would change v1's. */
function withQuota(batch: Batch, value: string | undefined): Batch {
  const has = (name: string) => batch.writes.some(({ file }) => file === name);
  if (value === undefined || !has("cpu.cfs_period_us") || has("cpu.cfs_quota_us")) return batch;
  return { ...batch, writes: [...batch.writes, { property: "cpu.quota", file: "cpu.cfs_quota_us", value }] };
}

/** Device rules of v1 for a cgroup whose processes go on meanwhile. */
function inUse(record: CgroupRecord, batch: Batch, { devices = [] }: Resources): Batch {
  const list = readFile(`${directoryOf(record, "devices")}/devices.list`);
  return { ...batch, writes: deviceChanges(list, devices) };
}

/** What the files say now: of v1's the quota and the period that it is for, of v2's only the latter. */
function presentCpu(record: CgroupRecord): { readonly quota: string | undefined; readonly period: number | undefined } {
  const path = directoryOf(record, "cpu") ?? record.paths.unified;
  const read = (file: string) => readFileIfExists(`${path}/${file}`)?.trim();
  const period = read("cpu.max")?.split(" ")[1] ?? read("cpu.cfs_period_us");
  return { quota: read("cpu.cfs_quota_us"), period: period === undefined ? undefined : Number(period) };
}
