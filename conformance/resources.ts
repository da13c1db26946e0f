/** config-linux.md § Memory, CPU, PIDs, Block IO, Huge page limits, Network, RDMA, Unified: values as the kernel has them. */
import { equal, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../test/support/bundle.ts";
import { read } from "../test/support/host.ts";
import { directory, isV2, resources } from "./cgroups.ts";
import { invalid, type Level, must, should, skip, versionOf } from "./support/requirement.ts";

const M = 1 << 20;

/** A file of a cgroup, and what must stand in it. */
type File = readonly [controller: string, file: string, content: string | RegExp];

interface Row {
  readonly section: string;
  readonly quote: string;
  readonly change: Config;
  readonly v1?: readonly File[];
  readonly v2?: readonly File[];
  readonly level?: Level;
  readonly since?: string;
}

const MEMORY = "config-linux.md § Memory";
const CPU = "config-linux.md § CPU";
const PIDS = "config-linux.md § PIDs";
const IO = "config-linux.md § Block IO";

/** A disk of this machine: the first that is listed. */
function firstDisk(): { major: number; minor: number } {
  const [line = "254 0"] = read("/proc/diskstats")
    .split("\n")
    .filter((one) => !/ (loop|ram|zram)/.test(one));
  const [major = 254, minor = 0] = line.trim().split(/\s+/).map(Number);
  return { major, minor };
}

const DISK = firstDisk();
/** As files of cgroups name it. */
const NUMBERS = `${DISK.major}:${DISK.minor}`;

const ROWS: Readonly<Record<string, Row>> = {
  "memory-limit": {
    section: MEMORY,
    quote: "limit (int64, OPTIONAL) - sets limit of memory usage",
    change: { memory: { limit: 64 * M } },
    v1: [["memory", "memory.limit_in_bytes", String(64 * M)]],
    v2: [["memory", "memory.max", String(64 * M)]],
  },
  "memory-reservation": {
    section: MEMORY,
    quote: "reservation (int64, OPTIONAL) - sets soft limit of memory usage",
    change: { memory: { reservation: 32 * M } },
    v1: [["memory", "memory.soft_limit_in_bytes", String(32 * M)]],
    v2: [["memory", "memory.low", String(32 * M)]],
  },
  "memory-swap": {
    section: MEMORY,
    quote: "swap (int64, OPTIONAL) - sets limit of memory+Swap usage",
    change: { memory: { limit: 64 * M, swap: 96 * M } },
    v1: [["memory", "memory.memsw.limit_in_bytes", String(96 * M)]],
    v2: [["memory", "memory.swap.max", String(32 * M)]],
  },
  "memory-unlimited": {
    section: MEMORY,
    quote: "Values for memory specify the limit in bytes, or -1 for unlimited memory.",
    change: { memory: { limit: -1 } },
    v1: [["memory", "memory.limit_in_bytes", /^9\d{18}$/]],
    v2: [["memory", "memory.max", "max"]],
  },
  "memory-swappiness": {
    section: MEMORY,
    quote: "swappiness (uint64, OPTIONAL) - sets swappiness parameter of vmscan",
    change: { memory: { swappiness: 17 } },
    v1: [["memory", "memory.swappiness", "17"]],
  },
  "memory-oom-killer": {
    section: MEMORY,
    quote: "disableOOMKiller (bool, OPTIONAL) […] To disable it, specify a value of true.",
    change: { memory: { disableOOMKiller: true } },
    v1: [["memory", "memory.oom_control", /^oom_kill_disable 1$/m]],
  },
  "cpu-shares": {
    section: CPU,
    quote: "shares (uint64, OPTIONAL) - specifies a relative share of CPU time available to the tasks in a cgroup",
    change: { cpu: { shares: 512 } },
    v1: [["cpu", "cpu.shares", "512"]],
    v2: [["cpu", "cpu.weight", /^\d+$/]],
  },
  "cpu-quota": {
    section: CPU,
    quote:
      "quota (int64, OPTIONAL) - specifies the total amount of time in microseconds for which all tasks in a cgroup can run during one period",
    change: { cpu: { quota: 50_000, period: 200_000 } },
    v1: [
      ["cpu", "cpu.cfs_quota_us", "50000"],
      ["cpu", "cpu.cfs_period_us", "200000"],
    ],
    v2: [["cpu", "cpu.max", "50000 200000"]],
  },
  "cpu-burst": {
    section: CPU,
    quote: "burst (uint64, OPTIONAL) - specifies the maximum amount of accumulated time in microseconds",
    change: { cpu: { quota: 50_000, period: 100_000, burst: 20_000 } },
    v1: [["cpu", "cpu.cfs_burst_us", "20000"]],
    v2: [["cpu", "cpu.max.burst", "20000"]],
    since: "1.1",
  },
  "cpu-idle": {
    section: CPU,
    quote: "idle (int64, OPTIONAL) - cgroups are configured with minimum weight, 0: default behavior, 1: SCHED_IDLE.",
    change: { cpu: { idle: 1 } },
    v1: [["cpu", "cpu.idle", "1"]],
    v2: [["cpu", "cpu.idle", "1"]],
    since: "1.1",
  },
  "cpu-cpus": {
    section: CPU,
    quote: "cpus (string, OPTIONAL) - list of CPUs the container will run on.",
    change: { cpu: { cpus: "0" } },
    v1: [["cpuset", "cpuset.cpus", "0"]],
    v2: [["cpuset", "cpuset.cpus", "0"]],
  },
  "cpu-mems": {
    section: CPU,
    quote: "mems (string, OPTIONAL) - list of memory nodes the container will run on.",
    change: { cpu: { mems: "0" } },
    v1: [["cpuset", "cpuset.mems", "0"]],
    v2: [["cpuset", "cpuset.mems", "0"]],
  },
  "pids-limit": {
    section: PIDS,
    quote: "limit (int64, OPTIONAL) - specifies the maximum number of tasks in the cgroup",
    change: { pids: { limit: 33 } },
    v1: [["pids", "pids.max", "33"]],
    v2: [["pids", "pids.max", "33"]],
  },
  "pids-unlimited": {
    section: PIDS,
    quote: "with -1 indicating no limit (max).",
    change: { pids: { limit: -1 } },
    v1: [["pids", "pids.max", "max"]],
    v2: [["pids", "pids.max", "max"]],
    since: "1.3",
  },
  "pids-zero": {
    section: PIDS,
    quote:
      "0 is a valid limit value for the pids cgroup controller from the kernel's perspective and SHOULD be treated as such by runtimes.",
    change: { pids: { limit: 0 } },
    // To the one process that is there, 1 means the same.
    v1: [["pids", "pids.max", /^[01]$/]],
    v2: [["pids", "pids.max", /^[01]$/]],
    level: "SHOULD",
    since: "1.3",
  },
  "blockio-throttle-read-bps": {
    section: IO,
    quote: "throttleReadBpsDevice […] an array of per-device bandwidth rate limits.",
    change: { blockIO: { throttleReadBpsDevice: [{ ...DISK, rate: 1_048_576 }] } },
    v1: [["blkio", "blkio.throttle.read_bps_device", `${NUMBERS} 1048576`]],
    v2: [["io", "io.max", new RegExp(`^${NUMBERS} rbps=1048576 `)]],
  },
  "blockio-throttle-write-bps": {
    section: IO,
    quote: "throttleWriteBpsDevice […] an array of per-device bandwidth rate limits.",
    change: { blockIO: { throttleWriteBpsDevice: [{ ...DISK, rate: 2_097_152 }] } },
    v1: [["blkio", "blkio.throttle.write_bps_device", `${NUMBERS} 2097152`]],
    v2: [["io", "io.max", /wbps=2097152 /]],
  },
  "blockio-throttle-read-iops": {
    section: IO,
    quote: "throttleReadIOPSDevice […] an array of per-device IO rate limits.",
    change: { blockIO: { throttleReadIOPSDevice: [{ ...DISK, rate: 300 }] } },
    v1: [["blkio", "blkio.throttle.read_iops_device", `${NUMBERS} 300`]],
    v2: [["io", "io.max", /riops=300 /]],
  },
  "blockio-throttle-write-iops": {
    section: IO,
    quote: "throttleWriteIOPSDevice […] an array of per-device IO rate limits.",
    change: { blockIO: { throttleWriteIOPSDevice: [{ ...DISK, rate: 400 }] } },
    v1: [["blkio", "blkio.throttle.write_iops_device", `${NUMBERS} 400`]],
    v2: [["io", "io.max", /wiops=400$/]],
  },
  "blockio-weight": {
    section: IO,
    quote: "weight (uint16, OPTIONAL) - specifies per-cgroup weight.",
    change: { blockIO: { weight: 200 } },
    v1: [["blkio", "blkio.weight", /(^|default )200$/m]],
    v2: [["io", "io.weight", /^default \d+$/m]],
  },
};

for (const [id, { section, quote, change, v1, v2, level = "MUST", since }] of Object.entries(ROWS)) {
  const add = level === "MUST" ? must : should;
  add(
    `resources-${id}`,
    section,
    quote,
    async (c) => {
      const files = isV2() ? v2 : v1;
      if (files === undefined) skip(`a cgroup v${isV2() ? 2 : 1} has no such setting`);
      const probe = c.other();
      await probe.running({});
      for (const [controller, file] of files) {
        if (!existsSync(join(await directory(probe, controller), file)) && !isV2()) skip(`the kernel has no ${file}`);
      }
      await c.created({ ...resources(change), ...(since !== undefined && { ociVersion: versionOf(since) }) });
      for (const [controller, file, content] of files) {
        const path = join(await directory(c, controller), file);
        if (isV2() && !existsSync(path)) skip(`the kernel has no ${file}`);
        const found = read(path).trim();
        if (typeof content === "string") equal(found, content, file);
        else ok(content.test(found), `${file}: ${found}`);
      }
    },
    since === undefined ? {} : { since },
  );
}

const WRONG: Readonly<Record<string, Config>> = {
  "cpus-text": { cpu: { cpus: "first" } },
  "cpus-not-there": { cpu: { cpus: "4000" } },
  "swap-below-limit": { memory: { limit: 64 * M, swap: 32 * M } },
  "hugepage-size": { hugepageLimits: [{ pageSize: "3MB", limit: 1 }] },
  "quota-too-small": { cpu: { quota: 1 } },
  "rdma-device": { rdma: { no_such_device: { hcaHandles: 1 } } },
};
for (const [name, change] of Object.entries(WRONG)) {
  invalid(
    `resources-invalid-${name}`,
    async (c) => {
      await c.refused(resources(change));
    },
    "rdma" in change ? { since: "1.0.2" } : {},
  );
}
