/** Limits as properties of systemd's: of what is written to files of v2 and v1. */
import { test } from "tap";
import { planPids, planResources } from "../../lib/cgroup/plan.ts";
import { limitProperties } from "../../lib/cgroup/properties.ts";
import type { DeviceRule, Resources } from "../../lib/config/schema.ts";
import type { Value } from "../../lib/systemd/value.ts";

const INFINITY = 2n ** 64n - 1n;

function properties(version: 1 | 2, resources: Resources, period?: number): Record<string, Value> {
  const host = { version, mounted: () => version === 1, unified: () => [], rootless: () => false };
  const batches = [...planResources(resources, host), ...planPids(resources, host)];
  return Object.fromEntries(limitProperties(batches, period).map(([name, { value }]) => [name, value]));
}

const device = { major: 8, minor: 0 };

const CASES: readonly [resources: Resources, v1: Record<string, Value>, v2: Record<string, Value>][] = [
  [{}, {}, {}],
  [{ memory: { limit: 1 << 20 } }, { MemoryLimit: 1048576n }, { MemoryMax: 1048576n }],
  [{ memory: { limit: -1 } }, { MemoryLimit: INFINITY }, { MemoryMax: INFINITY, MemorySwapMax: INFINITY }],
  [
    { memory: { limit: 1024, swap: 3072, reservation: 512 } },
    { MemoryLimit: 1024n },
    { MemoryMax: 1024n, MemorySwapMax: 2048n, MemoryLow: 512n },
  ],
  // What it comes to depends on the limit of memory that there is.
  [{ memory: { swap: 3072 } }, {}, {}],
  [{ cpu: { shares: 1024 } }, { CPUShares: 1024n }, { CPUWeight: 100n }],
  [
    { cpu: { quota: 25_000, period: 50_000 } },
    { CPUQuotaPeriodUSec: 50_000, CPUQuotaPerSecUSec: 500_000n },
    { CPUQuotaPeriodUSec: 50_000, CPUQuotaPerSecUSec: 500_000n },
  ],
  [{ cpu: { quota: 1001 } }, { CPUQuotaPerSecUSec: 20_000n }, { CPUQuotaPerSecUSec: 20_000n }],
  [{ cpu: { quota: -1 } }, { CPUQuotaPerSecUSec: INFINITY }, { CPUQuotaPerSecUSec: INFINITY }],
  [{ cpu: { period: 50_000 } }, { CPUQuotaPeriodUSec: 50_000 }, { CPUQuotaPeriodUSec: 50_000 }],
  [
    { cpu: { cpus: "0-2,8", mems: "1" } },
    { AllowedCPUs: [7, 1], AllowedMemoryNodes: [2] },
    { AllowedCPUs: [7, 1], AllowedMemoryNodes: [2] },
  ],
  [{ pids: { limit: 5 } }, { TasksMax: 5n }, { TasksMax: 5n }],
  [{ pids: { limit: -1 } }, { TasksMax: INFINITY }, { TasksMax: INFINITY }],
  [{ blockIO: { weight: 100 } }, { BlockIOWeight: 100n }, { IOWeight: 910n }],
  [{ blockIO: { weightDevice: [{ ...device, weight: 10 }] } }, {}, { IODeviceWeight: [["/dev/block/8:0", 1n]] }],
  [
    {
      blockIO: {
        throttleReadBpsDevice: [
          { ...device, rate: 5 },
          { major: 8, minor: 16, rate: 6 },
        ],
      },
    },
    {
      BlockIOReadBandwidth: [
        ["/dev/block/8:0", 5n],
        ["/dev/block/8:16", 6n],
      ],
    },
    {
      IOReadBandwidthMax: [
        ["/dev/block/8:0", 5n],
        ["/dev/block/8:16", 6n],
      ],
    },
  ],
  [
    { blockIO: { throttleWriteIOPSDevice: [{ ...device, rate: 0 }] } },
    {},
    { IOWriteIOPSMax: [["/dev/block/8:0", INFINITY]] },
  ],
  // v1 of systemd's knows no idle groups.
  [{ cpu: { idle: 1, shares: 1024 } }, {}, { CPUWeight: 0 }],
  [{ cpu: { idle: 0 } }, {}, { CPUWeight: 100 }],
  [{ cpu: { idle: 0, shares: 262144 } }, { CPUShares: 262144n }, { CPUWeight: 10000n }],
  // systemd has no word for these.
  [{ hugepageLimits: [{ pageSize: "2MB", limit: 5 }], cpu: { burst: 5 } }, {}, {}],
];

for (const [resources, one, two] of CASES) {
  test(JSON.stringify(resources), (t) => {
    t.strictSame(properties(1, resources), one, "v1");
    t.strictSame(properties(2, resources), two, "v2");
    t.end();
  });
}

test("unified has the last word", (t) => {
  const unified = {
    "memory.max": "2048",
    "memory.high": "max",
    "pids.max": "7",
    "cpu.max": "1000 10000",
    "misc.max": "x 1",
  };
  t.strictSame(properties(2, { memory: { limit: 1024 }, unified }), {
    MemoryMax: 2048n,
    MemoryHigh: INFINITY,
    TasksMax: 7n,
    CPUQuotaPeriodUSec: 10_000,
    CPUQuotaPerSecUSec: 100_000n,
  });
  t.end();
});

test("a quota without a period is for the one that there is", (t) => {
  t.strictSame(properties(2, { cpu: { quota: 10_000 } }, 50_000), { CPUQuotaPerSecUSec: 200_000n });
  t.end();
});

test("device rules are a list that takes the place of the one before", (t) => {
  const host = { version: 2, mounted: () => false, unified: () => [], rootless: () => false } as const;
  const shown = (devices: DeviceRule[]) =>
    limitProperties(planResources({ devices }, host)).map(([name, { value }]) => [name, value]);
  const [policy, none, list] = shown([{ allow: false, access: "rwm" }]);
  t.strictSame(
    [policy, none],
    [
      ["DevicePolicy", "strict"],
      ["DeviceAllow", []],
    ],
  );
  t.match(list, ["DeviceAllow", [["char-*", "m"]]]);
  t.strictSame(shown([{ allow: true, access: "rwm" }]), [
    ["DevicePolicy", "auto"],
    ["DeviceAllow", []],
    ["DeviceAllow", []],
  ]);
  t.end();
});

const ODD: readonly [file: string, value: string, found?: Record<string, Value>][] = [
  ["constructor", "5"],
  ["cpu.max", "abc"],
  ["cpu.max", "1000 abc", { CPUQuotaPerSecUSec: 10_000n }],
  ["cpu.max", "1000 0", { CPUQuotaPerSecUSec: 10_000n }],
  ["cpuset.cpus", "0-999999999999"],
  ["cpuset.cpus", "", { AllowedCPUs: [] }],
  ["cpuset.cpus", "0-7:1/2"],
  ["io.max", "8:0 rbps=abc"],
  ["io.max", "8:0 constructor=5"],
  ["io.max", "\ud800 rbps=5"],
  ["io.weight", "8:0 x"],
  ["io.weight", "8:0"],
  ["memory.max", "1G"],
  ["memory.max", "99999999999999999999", { MemoryMax: INFINITY }],
];

for (const [file, value, found = {}] of ODD) {
  test(`${file} ${JSON.stringify(value)} of linux.resources.unified is for the kernel to judge`, async (t) => {
    t.strictSame(properties(2, { unified: { [file]: value } }), found);
  });
}
