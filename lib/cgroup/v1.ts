/** linux.resources as cgroup v1 takes it, kernel Documentation/admin-guide/cgroup-v1: a function for each controller, pure. */
import { RuntimeError } from "../base/errors.ts";
import type { Resources, ThrottleDevice } from "../config/schema.ts";
import { digits, isSet, numberWrite, type Write } from "./write.ts";

/** Files of the memory controller. */
export function memoryWrites({ memory }: Resources): Write[] {
  const writes: Write[] = [];
  if (!memory) return writes;
  const { limit, swap, reservation, kernel, kernelTCP, swappiness, disableOOMKiller, useHierarchy } = memory;
  if (isSet(limit)) writes.push(numberWrite("memory.limit", "memory.limit_in_bytes", limit));
  if (isSet(swap)) writes.push(numberWrite("memory.swap", "memory.memsw.limit_in_bytes", swap));
  // "No limit" on memory would go on being limited by memory+swap, where the kernel counts swap at all.
  else if (limit === -1) {
    writes.push({ ...numberWrite("memory.limit", "memory.memsw.limit_in_bytes", -1), otherwise: [] });
  }
  if (isSet(reservation)) writes.push(numberWrite("memory.reservation", "memory.soft_limit_in_bytes", reservation));
  if (isSet(kernel)) writes.push(numberWrite("memory.kernel", "memory.kmem.limit_in_bytes", kernel));
  if (isSet(kernelTCP)) writes.push(numberWrite("memory.kernelTCP", "memory.kmem.tcp.limit_in_bytes", kernelTCP));
  if (swappiness !== undefined) writes.push(numberWrite("memory.swappiness", "memory.swappiness", swappiness));
  if (disableOOMKiller) writes.push(numberWrite("memory.disableOOMKiller", "memory.oom_control", 1));
  if (useHierarchy !== undefined)
    writes.push(numberWrite("memory.useHierarchy", "memory.use_hierarchy", useHierarchy ? 1 : 0));
  return writes;
}

/** Files of the cpu controller. @throws RuntimeError for shares that the kernel would silently change */
export function cpuWrites({ cpu }: Resources): Write[] {
  const writes: Write[] = [];
  if (!cpu) return writes;
  const { shares, quota, period, burst, idle, realtimePeriod, realtimeRuntime } = cpu;
  // The kernel takes no shares for a group that is idle, and a group stops being idle before it can have shares.
  if (idle !== undefined) writes.push(numberWrite("cpu.idle", "cpu.idle", idle));
  if (isSet(shares) && idle !== 1) {
    const bound = shares < 2 ? "minimum allowed cpu-shares is 2" : "maximum allowed cpu-shares is 262144";
    if (shares < 2 || shares > 262144) throw new RuntimeError(`linux.resources.cpu.shares is ${shares}: the ${bound}`);
    writes.push(numberWrite("cpu.shares", "cpu.shares", shares));
  }
  if (isSet(period)) writes.push(numberWrite("cpu.period", "cpu.cfs_period_us", period));
  if (isSet(quota)) writes.push(numberWrite("cpu.quota", "cpu.cfs_quota_us", quota));
  if (burst !== undefined) writes.push(numberWrite("cpu.burst", "cpu.cfs_burst_us", burst));
  if (isSet(realtimePeriod)) {
    writes.push(numberWrite("cpu.realtimePeriod", "cpu.rt_period_us", realtimePeriod));
  }
  if (isSet(realtimeRuntime)) {
    writes.push(numberWrite("cpu.realtimeRuntime", "cpu.rt_runtime_us", realtimeRuntime));
  }
  return writes;
}

/** Files of the cpuset controller, which are the same on v2. */
export function cpusetWrites({ cpu }: Resources): Write[] {
  const writes: Write[] = [];
  if (cpu?.cpus) writes.push({ property: "cpu.cpus", file: "cpuset.cpus", value: cpu.cpus });
  if (cpu?.mems) writes.push({ property: "cpu.mems", file: "cpuset.mems", value: cpu.mems });
  return writes;
}

/** Files of the pids controller, which are the same on v2. */
export function pidsWrites({ pids }: Resources): Write[] {
  const limit = pids?.limit;
  if (limit === undefined) return [];
  // No limit of 0, though the kernel takes it: with 0 a process can't be cloned into the cgroup, and systemd has no word for
  // it. With 1 no process in it can make another, which is all that 0 says.
  return [{ property: "pids.limit", file: "pids.max", value: limit < 0 ? "max" : digits(Math.max(limit, 1)) }];
}

/** Files of the blkio controller. The BFQ scheduler has files of its own where the kernel has no other weights. */
export function blkioWrites({ blockIO }: Resources): Write[] {
  const writes: Write[] = [];
  if (!blockIO) return writes;
  const { weight, leafWeight, weightDevice = [] } = blockIO;
  if (isSet(weight)) writes.push(weights("weight", "weight", digits(weight)));
  if (isSet(leafWeight)) writes.push(numberWrite("blockIO.leafWeight", "blkio.leaf_weight", leafWeight));
  for (const device of weightDevice) {
    const name = `${device.major}:${device.minor}`;
    if (isSet(device.weight)) writes.push(weights("weightDevice", "weight_device", `${name} ${device.weight}`));
    if (isSet(device.leafWeight)) {
      const value = `${name} ${device.leafWeight}`;
      writes.push({ property: "blockIO.weightDevice", file: "blkio.leaf_weight_device", value });
    }
  }
  throttle(writes, "throttleReadBpsDevice", "blkio.throttle.read_bps_device", blockIO.throttleReadBpsDevice);
  throttle(writes, "throttleWriteBpsDevice", "blkio.throttle.write_bps_device", blockIO.throttleWriteBpsDevice);
  throttle(writes, "throttleReadIOPSDevice", "blkio.throttle.read_iops_device", blockIO.throttleReadIOPSDevice);
  throttle(writes, "throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", blockIO.throttleWriteIOPSDevice);
  return writes;
}

function weights(name: string, file: string, value: string): Write {
  const property = `blockIO.${name}`;
  return { property, file: `blkio.${file}`, value, otherwise: [{ property, file: `blkio.bfq.${file}`, value }] };
}

function throttle(writes: Write[], name: string, file: string, devices: readonly ThrottleDevice[] = []): void {
  for (const { major, minor, rate } of devices) {
    writes.push({ property: `blockIO.${name}`, file, value: `${major}:${minor} ${digits(rate)}` });
  }
}

/** Files of the hugetlb controller: usage, and reservations where the kernel (5.7) accounts for them. */
export function hugetlbWrites({ hugepageLimits = [] }: Resources): Write[] {
  return hugepageLimits.flatMap(({ pageSize, limit }) => {
    const common = { property: "hugepageLimits", value: digits(limit) };
    return [
      { ...common, file: `hugetlb.${pageSize}.limit_in_bytes` },
      { ...common, file: `hugetlb.${pageSize}.rsvd.limit_in_bytes`, otherwise: [] },
    ];
  });
}

/** The file of the net_cls controller. */
export function netClsWrites({ network }: Resources): Write[] {
  if (!isSet(network?.classID)) return [];
  return [numberWrite("network.classID", "net_cls.classid", network.classID)];
}

/** The file of the net_prio controller, one line for each interface. */
export function netPrioWrites({ network }: Resources): Write[] {
  return (network?.priorities ?? []).map(({ name, priority }) => {
    return { property: "network.priorities", file: "net_prio.ifpriomap", value: `${name} ${priority}` };
  });
}

/** The file of the rdma controller, one line for each device; the same on v2. */
export function rdmaWrites({ rdma = {} }: Resources): Write[] {
  return Object.entries(rdma).map(([device, { hcaHandles, hcaObjects }]) => {
    let value = device;
    if (hcaHandles !== undefined) value += ` hca_handle=${hcaHandles}`;
    if (hcaObjects !== undefined) value += ` hca_object=${hcaObjects}`;
    return { property: "rdma", file: "rdma.max", value };
  });
}
