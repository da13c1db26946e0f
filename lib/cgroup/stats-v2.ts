/** Statistics of cgroup v2, kernel admin-guide/cgroup-v2.rst, by the names that v1's have in runc's events. */

import type { StatFiles, Stats } from "./stat-files.ts";
import { parseFields, parseIoStat, parseList, parseNumber, parsePressure, UNLIMITED } from "./stat-text.ts";

/** All of it; a controller that the cgroup has not has zeros. */
export function statsV2(files: StatFiles): Stats {
  const read = (file: string) => files.read("unified", file);
  return {
    cpu: cpu(read),
    cpuset: {
      cpus: parseList(read("cpuset.cpus.effective")),
      mems: parseList(read("cpuset.mems.effective")),
    },
    memory: memory(read),
    pids: pids(read),
    blkio: blkio(read),
    hugetlb: hugetlb(read, files.list("unified")),
  };
}

type Read = (file: string) => string | undefined;

function cpu(read: Read): Stats {
  const stat = parseFields(read("cpu.stat"));
  const nanoseconds = (name: string): bigint => (stat[name] ?? 0n) * 1000n;
  return {
    usage: { total: nanoseconds("usage_usec"), kernel: nanoseconds("system_usec"), user: nanoseconds("user_usec") },
    throttling: {
      periods: stat.nr_periods ?? 0n,
      throttledPeriods: stat.nr_throttled ?? 0n,
      throttledTime: nanoseconds("throttled_usec"),
    },
    ...parsePressure(read("cpu.pressure")),
  };
}

/** Of the memory controller. */
export function memory(read: Read): Stats {
  const raw = parseFields(read("memory.stat"));
  const events = parseFields(read("memory.events"));
  const number = (file: string): bigint => parseNumber(read(file)) ?? 0n;
  const usage = number("memory.current");
  const limit = number("memory.max");
  // As on v1, where swap is counted together with memory.
  const swapLimit = number("memory.swap.max");
  const swap = {
    limit: limit === UNLIMITED || swapLimit === UNLIMITED ? UNLIMITED : limit + swapLimit,
    usage: usage + number("memory.swap.current"),
    max: 0n,
    failcnt: parseFields(read("memory.swap.events")).fail ?? 0n,
  };
  return {
    cache: raw.file ?? 0n,
    usage: { limit, usage, max: number("memory.peak"), failcnt: events.max ?? 0n },
    swap,
    kernel: { limit: 0n, usage: raw.kernel ?? 0n, max: 0n, failcnt: 0n },
    kernelTCP: { limit: 0n, usage: raw.sock ?? 0n, max: 0n, failcnt: 0n },
    raw,
    events,
    ...parsePressure(read("memory.pressure")),
  };
}

/** Of the pids controller. */
export function pids(read: Read): Stats {
  const limit = parseNumber(read("pids.max")) ?? 0n;
  return { current: parseNumber(read("pids.current")) ?? 0n, limit: limit === UNLIMITED ? 0n : limit };
}

const BYTES = { rbytes: "Read", wbytes: "Write", dbytes: "Discard" };
const OPERATIONS = { rios: "Read", wios: "Write", dios: "Discard" };

/** Of the io controller. */
export function blkio(read: Read): Stats {
  const stat = read("io.stat");
  return {
    ioServiceBytesRecursive: parseIoStat(stat, BYTES),
    ioServicedRecursive: parseIoStat(stat, OPERATIONS),
    ...parsePressure(read("io.pressure")),
  };
}

/** Of the hugetlb controller, for each size that `names`, the files there are, are about. */
export function hugetlb(read: Read, names: readonly string[]): Stats {
  const sizes: Record<string, Stats> = {};
  for (const name of names) {
    const size = /^hugetlb\.(\w+)\.current$/.exec(name)?.[1];
    if (size === undefined) continue;
    const failcnt = parseFields(read(`hugetlb.${size}.events`)).max ?? 0n;
    sizes[size] = { usage: parseNumber(read(name)) ?? 0n, max: 0n, failcnt };
  }
  return sizes;
}
