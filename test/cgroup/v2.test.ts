import { test } from "tap";
import * as v2 from "../../lib/cgroup/v2.ts";
import type { Write } from "../../lib/cgroup/write.ts";
import type { Resources } from "../../lib/config/schema.ts";

function lines(writes: readonly Write[]): string[] {
  return writes.map(({ file, value, otherwise, atLeast, keepsFirst, less }) => {
    const other = otherwise && ` or ${lines(otherwise).join(" ") || "nothing"}`;
    const relation = `${keepsFirst ? "… " : ""}${value}${less ? ` - ${less}` : ""}${atLeast ? ` >= ${atLeast}` : ""}`;
    return `${file}=${relation}${other ?? ""}`;
  });
}

type Writes = (resources: Resources) => Write[];

const CASES: Record<string, { of: Writes; resources: Resources; lines: string[] }[]> = {
  memoryWrites: [
    { of: v2.memoryWrites, resources: {}, lines: [] },
    {
      of: v2.memoryWrites,
      resources: {
        memory: { limit: 0, swap: 0, reservation: 0, kernel: -1, disableOOMKiller: false, useHierarchy: true },
      },
      lines: [],
    },
    {
      of: v2.memoryWrites,
      resources: { memory: { limit: 64, swap: 128, reservation: 32 } },
      lines: ["memory.swap.max=64", "memory.max=64", "memory.low=32"],
    },
    {
      of: v2.memoryWrites,
      resources: { memory: { limit: 64, swap: 64 } },
      lines: ["memory.swap.max=0 or nothing", "memory.max=64"],
    },
    { of: v2.memoryWrites, resources: { memory: { limit: 64 } }, lines: ["memory.max=64"] },
    {
      of: v2.memoryWrites,
      resources: { memory: { limit: -1 } },
      lines: ["memory.swap.max=max or nothing", "memory.max=max"],
    },
    {
      of: v2.memoryWrites,
      resources: { memory: { limit: -1, swap: 5 } },
      lines: ["memory.swap.max=5", "memory.max=max"],
    },
    { of: v2.memoryWrites, resources: { memory: { swap: 5 } }, lines: ["memory.swap.max=5 - memory.max"] },
    { of: v2.memoryWrites, resources: { memory: { swap: -1 } }, lines: ["memory.swap.max=max or nothing"] },
    {
      of: v2.memoryWrites,
      resources: { memory: { limit: 64, checkBeforeUpdate: true } },
      lines: ["memory.max=64 >= memory.current"],
    },
    {
      of: v2.memoryWrites,
      resources: { memory: { limit: -1, swap: -1, checkBeforeUpdate: true } },
      lines: ["memory.swap.max=max or nothing", "memory.max=max"],
    },
  ],
  cpuWrites: [
    { of: v2.cpuWrites, resources: { cpu: { shares: 0, quota: 0, period: 0, realtimeRuntime: 0 } }, lines: [] },
    { of: v2.cpuWrites, resources: { cpu: { quota: 50000, period: 100000 } }, lines: ["cpu.max=50000 100000"] },
    { of: v2.cpuWrites, resources: { cpu: { quota: 50000 } }, lines: ["cpu.max=50000"] },
    { of: v2.cpuWrites, resources: { cpu: { quota: -1 } }, lines: ["cpu.max=max"] },
    { of: v2.cpuWrites, resources: { cpu: { period: 5000 } }, lines: ["cpu.max=… 5000"] },
    { of: v2.cpuWrites, resources: { cpu: { quota: 9, burst: 5 } }, lines: ["cpu.max=9", "cpu.max.burst=5"] },
    { of: v2.cpuWrites, resources: { cpu: { shares: 1024, idle: 0 } }, lines: ["cpu.idle=0", "cpu.weight=100"] },
    { of: v2.cpuWrites, resources: { cpu: { shares: 1024, idle: 1 } }, lines: ["cpu.idle=1"] },
  ],
  ioWrites: [
    { of: v2.ioWrites, resources: { blockIO: { weight: 0, leafWeight: 0 } }, lines: [] },
    {
      of: v2.ioWrites,
      resources: { blockIO: { weight: 10, weightDevice: [{ major: 8, minor: 0, weight: 1000 }] } },
      lines: ["io.bfq.weight=10 or io.weight=1", "io.bfq.weight=8:0 1000 or io.weight=8:0 10000"],
    },
    {
      of: v2.ioWrites,
      resources: {
        blockIO: {
          throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 600 }],
          throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 0 }],
          throttleReadIOPSDevice: [{ major: 8, minor: 0, rate: 1 }],
          throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 2 }],
        },
      },
      lines: ["io.max=8:0 rbps=600", "io.max=8:0 wbps=max", "io.max=8:0 riops=1", "io.max=8:0 wiops=2"],
    },
  ],
  hugetlbWrites: [
    {
      of: v2.hugetlbWrites,
      resources: { hugepageLimits: [{ pageSize: "1GB", limit: 2 ** 30 }] },
      lines: ["hugetlb.1GB.max=1073741824", "hugetlb.1GB.rsvd.max=1073741824 or nothing"],
    },
  ],
  unifiedWrites: [
    { of: v2.unifiedWrites, resources: {}, lines: [] },
    {
      of: v2.unifiedWrites,
      resources: { unified: { "memory.high": "5", "io.max": "8:0 rbps=1\n8:16 rbps=2\n" } },
      lines: ["memory.high=5", "io.max=8:0 rbps=1", "io.max=8:16 rbps=2"],
    },
  ],
  networkWrites: [{ of: v2.networkWrites, resources: { network: { classID: 0, priorities: [] } }, lines: [] }],
};

for (const [name, cases] of Object.entries(CASES)) {
  test(`${name}()`, async (t) => {
    for (const { of, resources, lines: expected } of cases) {
      t.strictSame(lines(of(resources)), expected, JSON.stringify(resources));
    }
  });
}

test("what cgroup v2 has no word for is an error that names it", async (t) => {
  const cases: [Writes, Resources, RegExp][] = [
    [v2.memoryWrites, { memory: { kernel: 1 } }, /^linux\.resources\.memory\.kernel has no counterpart in cgroup v2$/],
    [v2.memoryWrites, { memory: { kernelTCP: 1 } }, /memory\.kernelTCP/],
    [v2.memoryWrites, { memory: { swappiness: 60 } }, /memory\.swappiness/],
    [v2.memoryWrites, { memory: { disableOOMKiller: true } }, /memory\.disableOOMKiller/],
    [v2.memoryWrites, { memory: { useHierarchy: false } }, /memory\.useHierarchy: false/],
    [v2.cpuWrites, { cpu: { realtimePeriod: 1 } }, /cpu\.realtimePeriod/],
    [v2.cpuWrites, { cpu: { realtimeRuntime: 1 } }, /cpu\.realtimeRuntime/],
    [v2.ioWrites, { blockIO: { leafWeight: 1 } }, /blockIO\.leafWeight/],
    [v2.ioWrites, { blockIO: { weightDevice: [{ major: 1, minor: 1, leafWeight: 1 }] } }, /weightDevice\.leafWeight/],
    [v2.networkWrites, { network: { classID: 1 } }, /network\.classID/],
    [v2.networkWrites, { network: { priorities: [{ name: "lo", priority: 1 }] } }, /network\.priorities/],
  ];
  for (const [of, resources, message] of cases) t.throws(() => of(resources), { message }, JSON.stringify(resources));
});

test("cpuWeight() goes through the ends and the default of both ranges, and never falls", async (t) => {
  const cases = [
    [2, 1],
    [3, 2],
    [64, 12],
    [512, 59],
    [1024, 100],
    [2048, 174],
    [262143, 10000],
    [262144, 10000],
  ];
  for (const [shares, weight] of cases) t.equal(v2.cpuWeight(shares as number), weight, `${shares}`);
  for (let shares = 3; shares < 262144; shares += 1000) {
    t.ok(v2.cpuWeight(shares) >= v2.cpuWeight(shares - 1), `${shares}`);
  }
});
