import { test } from "tap";
import { type Batch, type Carriers, planPids, planResources } from "../../lib/cgroup/plan.ts";
import type { Resources } from "../../lib/config/schema.ts";

const unasked = (): never => {
  throw new Error("nobody should ask");
};

function v1(mounted: string[], unified: string[] = []): Carriers {
  const all = unified.length > 0 ? [...mounted, "unified"] : mounted;
  return { version: 1, mounted: (name) => all.includes(name), unified: () => unified, rootless: () => false };
}

const V2: Carriers = { version: 2, mounted: unasked, unified: unasked, rootless: () => false };

function lines(batches: Batch[]): string[] {
  return batches.flatMap(({ hierarchy, controllers, writes }) =>
    writes.map(({ file, value }) => `${[hierarchy, ...controllers].join("+")}: ${file}=${value}`),
  );
}

const MEMORY: Resources = { memory: { limit: 64 } };
const HUGE: Resources = { hugepageLimits: [{ pageSize: "2MB", limit: 5 }] };

test("planResources() of nothing, and of what engines send for nothing, is nothing, and asks nothing of the host", async (t) => {
  const defaults: Resources = {
    devices: [],
    memory: { limit: 0, disableOOMKiller: false },
    cpu: { shares: 0 },
    blockIO: { weight: 0 },
    hugepageLimits: [],
    network: {},
  };
  const host: Carriers = { version: 1, mounted: unasked, unified: unasked, rootless: unasked };
  for (const resources of [{}, defaults]) t.strictSame(planResources(resources, host), []);
  t.strictSame(planResources(defaults, V2), []);
  t.strictSame(planPids({}, host), []);
});

test("planResources() writes to the controllers of v1 that are mounted", async (t) => {
  const resources: Resources = { ...MEMORY, cpu: { shares: 5, cpus: "0" }, devices: [{ allow: true, access: "rwm" }] };
  t.strictSame(lines(planResources(resources, v1(["cpu", "cpuset", "memory", "devices"]))), [
    "cpuset: cpuset.cpus=0",
    "cpu: cpu.shares=5",
    "memory: memory.limit_in_bytes=64",
    "devices: devices.allow=a",
  ]);
});

test("planResources() on a hybrid host asks v2 for what v1 has not", async (t) => {
  const host = v1(["memory"], ["hugetlb", "io"]);
  t.strictSame(lines(planResources({ ...MEMORY, ...HUGE }, host)), [
    "memory: memory.limit_in_bytes=64",
    "unified+hugetlb: hugetlb.2MB.max=5",
    "unified+hugetlb: hugetlb.2MB.rsvd.max=5",
  ]);
  t.strictSame(lines(planResources({ blockIO: { weight: 100 } }, host)), ["unified+io: io.bfq.weight=100"]);
});

test("planResources() on v2", async (t) => {
  const resources: Resources = { ...MEMORY, unified: { "memory.high": "5", "cgroup.freeze": "1" } };
  t.strictSame(lines(planResources(resources, V2)), [
    "unified+memory: memory.max=64",
    "unified+memory: memory.high=5",
    "unified+memory: cgroup.freeze=1",
  ]);
});

test("planResources() names the controller that a host has not, and the property that needs it", async (t) => {
  const cases: [Resources, RegExp][] = [
    [MEMORY, /^linux\.resources\.memory\.limit needs the memory controller, which this host does not have$/],
    [{ cpu: { quota: 5 } }, /cpu\.quota needs the cpu controller/],
    [{ cpu: { mems: "0" } }, /cpu\.mems needs the cpuset controller/],
    [HUGE, /hugepageLimits needs the hugetlb controller/],
    [{ network: { classID: 5 } }, /network\.classID needs the net_cls controller/],
    [{ rdma: { x: { hcaObjects: 5 } } }, /rdma needs the rdma controller/],
    [{ devices: [{ allow: false, access: "rwm" }] }, /devices needs the devices controller/],
    [{ unified: { "memory.high": "5" } }, /unified is for cgroup v2: this host has v1 only/],
  ];
  for (const [resources, message] of cases) t.throws(() => planResources(resources, v1([])), { message });
  t.throws(() => planPids({ pids: { limit: 5 } }, v1(["memory"])), {
    message: /pids\.limit needs the pids controller/,
  });
});

test("planResources() leaves device rules to the host's root", async (t) => {
  const devices: Resources = { devices: [{ allow: false, access: "rwm" }] };
  t.strictSame(planResources(devices, { ...v1(["devices"]), rootless: () => true }), []);
  t.strictSame(planResources(devices, { ...V2, rootless: () => true }), []);
});

test("planResources() gives device rules a program where v1's controller is not", async (t) => {
  const devices = [{ allow: false, access: "rwm" }];
  for (const host of [V2, v1(["memory"], ["hugetlb"])]) {
    const [batch, ...others] = planResources({ devices }, host);
    t.strictSame(others, []);
    t.equal(batch?.hierarchy, "unified");
    t.ok(batch?.deviceFilter?.length);
  }
  t.strictSame(planResources({ devices: [{ allow: true, access: "rwm" }] }, V2)[0]?.deviceFilter, []);
});

test("planPids() is apart from the other limits", async (t) => {
  const resources: Resources = { pids: { limit: 5 } };
  t.strictSame(planResources(resources, v1(["pids"])), []);
  t.strictSame(lines(planPids(resources, v1(["pids"]))), ["pids: pids.max=5"]);
  t.strictSame(lines(planPids(resources, V2)), ["unified+pids: pids.max=5"]);
});
