import { test } from "tap";
import * as v1 from "../../lib/cgroup/v1.ts";
import type { Write } from "../../lib/cgroup/write.ts";
import type { Resources } from "../../lib/config/schema.ts";

/** `file=value`, with what else there is to a write. */
function lines(writes: readonly Write[]): string[] {
  return writes.map(({ file, value, otherwise }) => {
    const other = otherwise && ` or ${lines(otherwise).join(" ") || "nothing"}`;
    return `${file}=${value}${other ?? ""}`;
  });
}

type Writes = (resources: Resources) => Write[];

const CASES: Record<string, { of: Writes; resources: Resources; lines: string[] }[]> = {
  memoryWrites: [
    { of: v1.memoryWrites, resources: {}, lines: [] },
    {
      of: v1.memoryWrites,
      resources: { memory: { limit: 0, swap: 0, reservation: 0, kernel: 0, disableOOMKiller: false } },
      lines: [],
    },
    {
      of: v1.memoryWrites,
      resources: { memory: { limit: 64, swap: 128, reservation: 32 } },
      lines: ["memory.limit_in_bytes=64", "memory.memsw.limit_in_bytes=128", "memory.soft_limit_in_bytes=32"],
    },
    {
      of: v1.memoryWrites,
      resources: { memory: { limit: -1 } },
      lines: ["memory.limit_in_bytes=-1", "memory.memsw.limit_in_bytes=-1 or nothing"],
    },
    {
      of: v1.memoryWrites,
      resources: {
        memory: { swap: -1, swappiness: 0, kernel: 5, kernelTCP: 6, disableOOMKiller: true, useHierarchy: true },
      },
      lines: [
        "memory.memsw.limit_in_bytes=-1",
        "memory.kmem.limit_in_bytes=5",
        "memory.kmem.tcp.limit_in_bytes=6",
        "memory.swappiness=0",
        "memory.oom_control=1",
        "memory.use_hierarchy=1",
      ],
    },
  ],
  cpuWrites: [
    {
      of: v1.cpuWrites,
      resources: { cpu: { shares: 0, quota: 0, period: 0, realtimePeriod: 0, realtimeRuntime: 0 } },
      lines: [],
    },
    {
      of: v1.cpuWrites,
      resources: { cpu: { shares: 512, quota: 50000, period: 100000, burst: 0 } },
      lines: ["cpu.shares=512", "cpu.cfs_period_us=100000", "cpu.cfs_quota_us=50000", "cpu.cfs_burst_us=0"],
    },
    { of: v1.cpuWrites, resources: { cpu: { quota: -1 } }, lines: ["cpu.cfs_quota_us=-1"] },
    { of: v1.cpuWrites, resources: { cpu: { idle: 1, shares: 512 } }, lines: ["cpu.idle=1"] },
    { of: v1.cpuWrites, resources: { cpu: { idle: 0, shares: 2 } }, lines: ["cpu.idle=0", "cpu.shares=2"] },
    {
      of: v1.cpuWrites,
      resources: { cpu: { realtimePeriod: 1000000, realtimeRuntime: 950000 } },
      lines: ["cpu.rt_period_us=1000000", "cpu.rt_runtime_us=950000"],
    },
  ],
  cpusetWrites: [
    { of: v1.cpusetWrites, resources: { cpu: { cpus: "", mems: "" } }, lines: [] },
    {
      of: v1.cpusetWrites,
      resources: { cpu: { cpus: "0-1", mems: "0" } },
      lines: ["cpuset.cpus=0-1", "cpuset.mems=0"],
    },
  ],
  pidsWrites: [
    { of: v1.pidsWrites, resources: { pids: {} }, lines: [] },
    { of: v1.pidsWrites, resources: { pids: { limit: 50 } }, lines: ["pids.max=50"] },
    { of: v1.pidsWrites, resources: { pids: { limit: -1 } }, lines: ["pids.max=max"] },
    { of: v1.pidsWrites, resources: { pids: { limit: 0 } }, lines: ["pids.max=1"] },
  ],
  blkioWrites: [
    { of: v1.blkioWrites, resources: { blockIO: { weight: 0, leafWeight: 0 } }, lines: [] },
    {
      of: v1.blkioWrites,
      resources: {
        blockIO: { weight: 500, leafWeight: 300, weightDevice: [{ major: 8, minor: 0, weight: 1, leafWeight: 2 }] },
      },
      lines: [
        "blkio.weight=500 or blkio.bfq.weight=500",
        "blkio.leaf_weight=300",
        "blkio.weight_device=8:0 1 or blkio.bfq.weight_device=8:0 1",
        "blkio.leaf_weight_device=8:0 2",
      ],
    },
    {
      of: v1.blkioWrites,
      resources: {
        blockIO: {
          throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 600 }],
          throttleWriteBpsDevice: [{ major: 8, minor: 1, rate: 0 }],
          throttleReadIOPSDevice: [{ major: 8, minor: 2, rate: 1 }],
          throttleWriteIOPSDevice: [{ major: 8, minor: 3, rate: 2 }],
        },
      },
      lines: [
        "blkio.throttle.read_bps_device=8:0 600",
        "blkio.throttle.write_bps_device=8:1 0",
        "blkio.throttle.read_iops_device=8:2 1",
        "blkio.throttle.write_iops_device=8:3 2",
      ],
    },
  ],
  hugetlbWrites: [
    {
      of: v1.hugetlbWrites,
      resources: { hugepageLimits: [{ pageSize: "2MB", limit: 0 }] },
      lines: ["hugetlb.2MB.limit_in_bytes=0", "hugetlb.2MB.rsvd.limit_in_bytes=0 or nothing"],
    },
  ],
  netClsWrites: [
    { of: v1.netClsWrites, resources: { network: { classID: 0 } }, lines: [] },
    { of: v1.netClsWrites, resources: { network: { classID: 1048577 } }, lines: ["net_cls.classid=1048577"] },
  ],
  netPrioWrites: [
    { of: v1.netPrioWrites, resources: { network: { priorities: [] } }, lines: [] },
    {
      of: v1.netPrioWrites,
      resources: {
        network: {
          priorities: [
            { name: "eth0", priority: 5 },
            { name: "lo", priority: 0 },
          ],
        },
      },
      lines: ["net_prio.ifpriomap=eth0 5", "net_prio.ifpriomap=lo 0"],
    },
  ],
  rdmaWrites: [
    {
      of: v1.rdmaWrites,
      resources: { rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 0 }, rxe3: { hcaObjects: 9 } } },
      lines: ["rdma.max=mlx5_1 hca_handle=3 hca_object=0", "rdma.max=rxe3 hca_object=9"],
    },
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  test(`${name}()`, async (t) => {
    for (const { of, resources, lines: expected } of cases) {
      t.strictSame(lines(of(resources)), expected, JSON.stringify(resources));
    }
  });
}

test("cpuWrites() refuses shares that the kernel would change", async (t) => {
  t.throws(() => v1.cpuWrites({ cpu: { shares: 1 } }), { message: /the minimum allowed cpu-shares is 2$/ });
  t.throws(() => v1.cpuWrites({ cpu: { shares: 262145 } }), { message: /the maximum allowed cpu-shares is 262144$/ });
});
