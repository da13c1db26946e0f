/**
 * linux.resources as cgroup v2 takes it, kernel Documentation/admin-guide/cgroup-v2.rst: a function for each controller, pure.
 * config.json speaks of v1; what v2 says otherwise is converted, and what v2 cannot say is an error.
 */
import { RuntimeError } from "../base/errors.ts";
import type { Resources, ThrottleDevice } from "../config/schema.ts";
import { digits, isSet, numberWrite, type Write } from "./write.ts";

/** Files of the memory controller. @throws RuntimeError for what v2 cannot do */
export function memoryWrites({ memory }: Resources): Write[] {
  const writes: Write[] = [];
  if (!memory) return writes;
  const { limit, swap, reservation, kernel, kernelTCP, swappiness, disableOOMKiller, useHierarchy } = memory;
  if (isSet(kernel) && kernel > 0) throw notOnV2("memory.kernel");
  if (isSet(kernelTCP) && kernelTCP > 0) throw notOnV2("memory.kernelTCP");
  if (swappiness !== undefined) throw notOnV2("memory.swappiness");
  if (disableOOMKiller) throw notOnV2("memory.disableOOMKiller");
  if (useHierarchy === false) throw notOnV2("memory.useHierarchy: false");
  const swapOnly = swapLimit(limit, swap);
  if (swapOnly !== undefined) {
    const write = { property: "memory.swap", file: "memory.swap.max", value: limitOf(swapOnly) };
    // Without swap accounting neither "no swap" nor "no limit" takes a file.
    writes.push(swapOnly <= 0 ? { ...write, otherwise: [] } : write);
  } else if (isSet(swap)) {
    writes.push({ property: "memory.swap", file: "memory.swap.max", value: digits(swap), less: "memory.max" });
  }
  if (isSet(limit)) {
    const write = { property: "memory.limit", file: "memory.max", value: limitOf(limit) };
    // v1 refuses a limit below what is in use; v2 kills for it.
    writes.push(memory.checkBeforeUpdate && limit > 0 ? { ...write, atLeast: "memory.current" } : write);
  }
  if (isSet(reservation)) {
    writes.push({ property: "memory.reservation", file: "memory.low", value: limitOf(reservation) });
  }
  return writes;
}

/**
 * The limit on swap alone, of one on memory and swap together; -1 for none, undefined when swap is left as it is or its
 * limit depends on that on memory, which stays.
 */
function swapLimit(limit: number | undefined, swap: number | undefined): number | undefined {
  if (!isSet(swap)) return limit === -1 ? -1 : undefined;
  if (swap < 0) return -1;
  if (!isSet(limit)) return undefined;
  if (limit < 0) return swap;
  return swap - limit;
}

function limitOf(value: number): string {
  return value < 0 ? "max" : digits(value);
}

/** Files of the cpu controller. @throws RuntimeError for what v2 cannot do */
export function cpuWrites({ cpu }: Resources): Write[] {
  const writes: Write[] = [];
  if (!cpu) return writes;
  const { shares, quota, period, burst, idle } = cpu;
  if (isSet(cpu.realtimePeriod)) throw notOnV2("cpu.realtimePeriod");
  if (isSet(cpu.realtimeRuntime)) throw notOnV2("cpu.realtimeRuntime");
  // The kernel takes no weight for a group that is idle, and a group stops being idle before it can have a weight.
  if (idle !== undefined) writes.push(numberWrite("cpu.idle", "cpu.idle", idle));
  if (isSet(shares) && idle !== 1) writes.push(numberWrite("cpu.shares", "cpu.weight", cpuWeight(shares)));
  if (isSet(quota)) {
    const value = isSet(period) ? `${limitOf(quota)} ${digits(period)}` : limitOf(quota);
    writes.push({ property: "cpu.quota", file: "cpu.max", value });
  } else if (isSet(period)) {
    writes.push({ property: "cpu.period", file: "cpu.max", value: digits(period), keepsFirst: true });
  }
  if (burst !== undefined) writes.push(numberWrite("cpu.burst", "cpu.max.burst", burst));
  return writes;
}

/**
 * cpu.weight (1 to 10000, 100 by default) of v1 shares (2 to 262144, 1024 by default): the exponent is quadratic in the
 * logarithm, through the two ends and the defaults. runc, crun and youki convert so since 2025.
 */
export function cpuWeight(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262144) return 10000;
  const log = Math.log2(shares);
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

/** Files of the io controller. @throws RuntimeError for what v2 cannot do */
export function ioWrites({ blockIO }: Resources): Write[] {
  const writes: Write[] = [];
  if (!blockIO) return writes;
  if (isSet(blockIO.leafWeight)) throw notOnV2("blockIO.leafWeight");
  if (isSet(blockIO.weight)) writes.push(ioWeight("weight", "", blockIO.weight));
  for (const { major, minor, weight, leafWeight } of blockIO.weightDevice ?? []) {
    if (isSet(leafWeight)) throw notOnV2("blockIO.weightDevice.leafWeight");
    if (isSet(weight)) writes.push(ioWeight("weightDevice", `${major}:${minor} `, weight));
  }
  throttle(writes, "throttleReadBpsDevice", "rbps", blockIO.throttleReadBpsDevice);
  throttle(writes, "throttleWriteBpsDevice", "wbps", blockIO.throttleWriteBpsDevice);
  throttle(writes, "throttleReadIOPSDevice", "riops", blockIO.throttleReadIOPSDevice);
  throttle(writes, "throttleWriteIOPSDevice", "wiops", blockIO.throttleWriteIOPSDevice);
  return writes;
}

/** BFQ has v1's range of weights, 1 to 1000; io.weight goes to 10000, so 10 to 1000 is stretched over it. */
function ioWeight(name: string, device: string, weight: number): Write {
  const property = `blockIO.${name}`;
  const converted = 1 + Math.floor(((Math.max(weight, 10) - 10) * 9999) / 990);
  const otherwise = [{ property, file: "io.weight", value: device + converted }];
  return { property, file: "io.bfq.weight", value: device + weight, otherwise };
}

function throttle(writes: Write[], name: string, key: string, devices: readonly ThrottleDevice[] = []): void {
  for (const { major, minor, rate } of devices) {
    // v1 takes 0 for "no limit", v2 refuses it.
    const value = `${major}:${minor} ${key}=${rate === 0 ? "max" : digits(rate)}`;
    writes.push({ property: `blockIO.${name}`, file: "io.max", value });
  }
}

/** Files of the hugetlb controller: usage, and reservations where the kernel (5.7) accounts for them. */
export function hugetlbWrites({ hugepageLimits = [] }: Resources): Write[] {
  return hugepageLimits.flatMap(({ pageSize, limit }) => {
    const common = { property: "hugepageLimits", value: digits(limit) };
    return [
      { ...common, file: `hugetlb.${pageSize}.max` },
      { ...common, file: `hugetlb.${pageSize}.rsvd.max`, otherwise: [] },
    ];
  });
}

/** v2 has no controller for network: what asks for one is an error. @throws RuntimeError */
export function networkWrites({ network }: Resources): Write[] {
  if (isSet(network?.classID)) throw notOnV2("network.classID");
  if (network?.priorities?.length) throw notOnV2("network.priorities");
  return [];
}

/** Files of linux.resources.unified, each as it is given; a value of several lines is written line by line. */
export function unifiedWrites({ unified = {} }: Resources): Write[] {
  return Object.entries(unified).flatMap(([file, value]) => {
    // io.max and its like take one line in one write(2).
    const lines = value.split("\n").filter((line, index) => line !== "" || index === 0);
    return lines.map((line) => ({ property: `unified.${file}`, file, value: line }));
  });
}

function notOnV2(property: string): RuntimeError {
  return new RuntimeError(`linux.resources.${property} has no counterpart in cgroup v2`);
}
