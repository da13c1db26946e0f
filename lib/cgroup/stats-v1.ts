/** Statistics of cgroup v1, kernel admin-guide/cgroup-v1: memory.rst, cpuacct.rst, blkio-controller.rst, cpusets.rst. */

import type { StatFiles, Stats } from "./stat-files.ts";
import { parseBlkio, parseFields, parseList, parseNumber, parsePressure } from "./stat-text.ts";
import * as v2 from "./stats-v2.ts";

/** cpuacct.stat counts in ticks of USER_HZ, 100 in a second on every machine. */
const NANOSECONDS_PER_TICK = 10_000_000n;

/**
 * All of it; a controller that is not mounted has zeros. The v2 cgroup of a hybrid host tells of pressure, and of the controllers
 * that v1 has not.
 */
export function statsV1(files: StatFiles): Stats {
  const unified = (file: string) => files.read("unified", file);
  return {
    cpu: cpu(files),
    cpuset: cpuset(files),
    memory: files.has("memory") ? memory(files) : v2.memory(unified),
    pids: files.has("pids") ? pids(files) : v2.pids(unified),
    blkio: files.has("blkio") ? blkio(files) : v2.blkio(unified),
    hugetlb: files.has("hugetlb") ? hugetlb(files) : v2.hugetlb(unified, files.list("unified")),
  };
}

function cpu({ read }: StatFiles): Stats {
  const ticks = parseFields(read("cpuacct", "cpuacct.stat"));
  const stat = parseFields(read("cpu", "cpu.stat"));
  const perCpu = perCpuUsage(read("cpuacct", "cpuacct.usage_all"));
  return {
    usage: {
      total: parseNumber(read("cpuacct", "cpuacct.usage")) ?? 0n,
      percpu: read("cpuacct", "cpuacct.usage_percpu")?.trim().split(/\s+/).map(BigInt) ?? [],
      percpu_kernel: perCpu.map(([, kernel]) => kernel),
      percpu_user: perCpu.map(([user]) => user),
      kernel: (ticks.system ?? 0n) * NANOSECONDS_PER_TICK,
      user: (ticks.user ?? 0n) * NANOSECONDS_PER_TICK,
    },
    throttling: {
      periods: stat.nr_periods ?? 0n,
      throttledPeriods: stat.nr_throttled ?? 0n,
      throttledTime: stat.throttled_time ?? 0n,
    },
    ...parsePressure(read("unified", "cpu.pressure")),
  };
}

/** Lines of CPU, user and system time. */
function perCpuUsage(text: string | undefined): [bigint, bigint][] {
  return [...(text?.matchAll(/^\d+ (\d+) (\d+)$/gm) ?? [])].map(([, user, system]) => [
    BigInt(user as string),
    BigInt(system as string),
  ]);
}

function cpuset({ read }: StatFiles): Stats {
  const number = (file: string): bigint => parseNumber(read("cpuset", `cpuset.${file}`)) ?? 0n;
  return {
    cpus: parseList(read("cpuset", "cpuset.cpus")),
    cpu_exclusive: number("cpu_exclusive"),
    mems: parseList(read("cpuset", "cpuset.mems")),
    mem_hardwall: number("mem_hardwall"),
    mem_exclusive: number("mem_exclusive"),
    memory_migrate: number("memory_migrate"),
    memory_spread_page: number("memory_spread_page"),
    memory_spread_slab: number("memory_spread_slab"),
    memory_pressure: number("memory_pressure"),
    sched_load_balance: number("sched_load_balance"),
    sched_relax_domain_level: Number(read("cpuset", "cpuset.sched_relax_domain_level") ?? 0),
  };
}

function memory({ read }: StatFiles): Stats {
  const raw = parseFields(read("memory", "memory.stat"));
  const entry = (infix: string): Stats => {
    const number = (file: string): bigint => parseNumber(read("memory", `memory.${infix}${file}`)) ?? 0n;
    const usage = { usage: number("usage_in_bytes"), max: number("max_usage_in_bytes") };
    return { limit: number("limit_in_bytes"), ...usage, failcnt: number("failcnt") };
  };
  const oom = parseFields(read("memory", "memory.oom_control"));
  return {
    cache: raw.cache ?? 0n,
    usage: entry(""),
    swap: entry("memsw."),
    kernel: entry("kmem."),
    kernelTCP: entry("kmem.tcp."),
    raw,
    ...(oom.oom_kill !== undefined && { events: { oom_kill: oom.oom_kill } }),
    ...parsePressure(read("unified", "memory.pressure")),
  };
}

function pids({ read }: StatFiles): Stats {
  const limit = read("pids", "pids.max")?.trim() === "max" ? 0n : parseNumber(read("pids", "pids.max"));
  return { current: parseNumber(read("pids", "pids.current")) ?? 0n, limit: limit ?? 0n };
}

/** The scheduler's own counters where it counts for some device, else what goes through the throttle. */
function blkio({ read }: StatFiles): Stats {
  const counts = (prefix: string) => /^\d+:/m.test(read("blkio", `${prefix}io_serviced_recursive`) ?? "");
  const prefix = ["blkio.bfq.", "blkio."].find(counts);
  const from = (name: string) => parseBlkio(read("blkio", `${prefix ?? "blkio.throttle."}${name}`));
  return {
    ioServiceBytesRecursive: from("io_service_bytes_recursive"),
    ioServicedRecursive: from("io_serviced_recursive"),
    ioQueueRecursive: from("io_queued_recursive"),
    ioServiceTimeRecursive: from("io_service_time_recursive"),
    ioWaitTimeRecursive: from("io_wait_time_recursive"),
    ioMergedRecursive: from("io_merged_recursive"),
    ioTimeRecursive: from("time_recursive"),
    sectorsRecursive: from("sectors_recursive"),
    ...parsePressure(read("unified", "io.pressure")),
  };
}

function hugetlb({ read, list }: StatFiles): Stats {
  const sizes: Record<string, Stats> = {};
  for (const name of list("hugetlb")) {
    const size = /^hugetlb\.(\w+)\.usage_in_bytes$/.exec(name)?.[1];
    if (size === undefined) continue;
    const number = (file: string): bigint => parseNumber(read("hugetlb", `hugetlb.${size}.${file}`)) ?? 0n;
    sizes[size] = { usage: number("usage_in_bytes"), max: number("max_usage_in_bytes"), failcnt: number("failcnt") };
  }
  return sizes;
}
