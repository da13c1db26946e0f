/** config-linux.md § Control groups: every property of linux.resources, as the files of the container's cgroup have it. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { cgroupDirectory, cgroupFile, cgroupValue, VERSION, withoutController } from "../support/cgroup.ts";
import { container, refused } from "../support/container.ts";
import { read } from "../support/host.ts";

const MIB = 1 << 20;

/** A whole disk: partitions have no throttle. */
const disk = readdirSync("/sys/block")
  .sort((a, b) => Number(a.startsWith("loop")) - Number(b.startsWith("loop")))
  .map((name) => read(join("/sys/block", name, "dev")).trim())[0];
const [major = 0, minor = 0] = (disk ?? "").split(":").map(Number);

interface Case {
  readonly property: string;
  readonly resources: Config;
  /** What the file says on v1, the controller before the file; undefined where v1 has no such thing. */
  readonly v1?: readonly [file: string, value: string];
  readonly v2?: readonly [file: string, value: string];
  /** The files that do the same where the kernel has not the first: BFQ's. */
  readonly or?: { readonly v1?: readonly [string, string]; readonly v2?: readonly [string, string] };
}

const throttle = (name: string, value: number): Config => ({ blockIO: { [name]: [{ major, minor, rate: value }] } });

const CASES: readonly Case[] = [
  {
    property: "memory.limit",
    resources: { memory: { limit: 64 * MIB } },
    v1: ["memory/memory.limit_in_bytes", `${64 * MIB}`],
    v2: ["memory.max", `${64 * MIB}`],
  },
  {
    property: "memory.swap",
    resources: { memory: { limit: 64 * MIB, swap: 96 * MIB } },
    v1: ["memory/memory.memsw.limit_in_bytes", `${96 * MIB}`],
    v2: ["memory.swap.max", `${32 * MIB}`],
  },
  {
    property: "memory.swap without limit",
    resources: { memory: { limit: 64 * MIB, swap: -1 } },
    v1: ["memory/memory.memsw.limit_in_bytes", "9223372036854771712"],
    v2: ["memory.swap.max", "max"],
  },
  {
    property: "memory.reservation",
    resources: { memory: { reservation: 32 * MIB } },
    v1: ["memory/memory.soft_limit_in_bytes", `${32 * MIB}`],
    v2: ["memory.low", `${32 * MIB}`],
  },
  {
    property: "memory.disableOOMKiller",
    resources: { memory: { limit: 64 * MIB, disableOOMKiller: true } },
    v1: ["memory/memory.oom_control", "oom_kill_disable 1\nunder_oom 0\noom_kill 0"],
  },
  {
    property: "memory.kernelTCP",
    resources: { memory: { kernelTCP: 64 * MIB } },
    v1: ["memory/memory.kmem.tcp.limit_in_bytes", `${64 * MIB}`],
  },
  {
    property: "memory.checkBeforeUpdate",
    resources: { memory: { limit: 64 * MIB, checkBeforeUpdate: true } },
    v1: ["memory/memory.limit_in_bytes", `${64 * MIB}`],
    v2: ["memory.max", `${64 * MIB}`],
  },
  {
    property: "cpu.shares",
    resources: { cpu: { shares: 512 } },
    v1: ["cpu/cpu.shares", "512"],
    v2: ["cpu.weight", "59"],
  },
  {
    property: "cpu.shares, the default",
    resources: { cpu: { shares: 1024 } },
    v1: ["cpu/cpu.shares", "1024"],
    v2: ["cpu.weight", "100"],
  },
  {
    property: "cpu.quota",
    resources: { cpu: { quota: 50000 } },
    v1: ["cpu/cpu.cfs_quota_us", "50000"],
    v2: ["cpu.max", "50000 100000"],
  },
  {
    property: "cpu.period",
    resources: { cpu: { period: 200000 } },
    v1: ["cpu/cpu.cfs_period_us", "200000"],
    v2: ["cpu.max", "max 200000"],
  },
  {
    property: "cpu.burst",
    resources: { cpu: { quota: 50000, burst: 20000 } },
    v1: ["cpu/cpu.cfs_burst_us", "20000"],
    v2: ["cpu.max.burst", "20000"],
  },
  { property: "cpu.idle", resources: { cpu: { idle: 1 } }, v1: ["cpu/cpu.idle", "1"], v2: ["cpu.idle", "1"] },
  {
    property: "cpu.cpus",
    resources: { cpu: { cpus: "0" } },
    v1: ["cpuset/cpuset.cpus", "0"],
    v2: ["cpuset.cpus", "0"],
  },
  {
    property: "cpu.mems",
    resources: { cpu: { mems: "0" } },
    v1: ["cpuset/cpuset.mems", "0"],
    v2: ["cpuset.mems", "0"],
  },
  {
    property: "cpu.realtimeRuntime and realtimePeriod",
    resources: { cpu: { realtimePeriod: 500000, realtimeRuntime: 1000 } },
    v1: ["cpu/cpu.rt_runtime_us", "1000"],
  },
  { property: "pids.limit", resources: { pids: { limit: 20 } }, v1: ["pids/pids.max", "20"], v2: ["pids.max", "20"] },
  {
    property: "pids.limit -1",
    resources: { pids: { limit: -1 } },
    v1: ["pids/pids.max", "max"],
    v2: ["pids.max", "max"],
  },
  {
    property: "blockIO.weight",
    resources: { blockIO: { weight: 500 } },
    v1: ["blkio/blkio.weight", "500"],
    v2: ["io.bfq.weight", "default 500"],
    or: { v1: ["blkio/blkio.bfq.weight", "500"], v2: ["io.weight", "default 4950"] },
  },
  {
    property: "blockIO.throttleReadBpsDevice",
    resources: throttle("throttleReadBpsDevice", MIB),
    v1: ["blkio/blkio.throttle.read_bps_device", `${disk} ${MIB}`],
    v2: ["io.max", `${disk} rbps=${MIB} wbps=max riops=max wiops=max`],
  },
  {
    property: "blockIO.throttleWriteBpsDevice",
    resources: throttle("throttleWriteBpsDevice", MIB),
    v1: ["blkio/blkio.throttle.write_bps_device", `${disk} ${MIB}`],
    v2: ["io.max", `${disk} rbps=max wbps=${MIB} riops=max wiops=max`],
  },
  {
    property: "blockIO.throttleReadIOPSDevice",
    resources: throttle("throttleReadIOPSDevice", 100),
    v1: ["blkio/blkio.throttle.read_iops_device", `${disk} 100`],
    v2: ["io.max", `${disk} rbps=max wbps=max riops=100 wiops=max`],
  },
  {
    property: "blockIO.throttleWriteIOPSDevice",
    resources: throttle("throttleWriteIOPSDevice", 100),
    v1: ["blkio/blkio.throttle.write_iops_device", `${disk} 100`],
    v2: ["io.max", `${disk} rbps=max wbps=max riops=max wiops=100`],
  },
  {
    property: "hugepageLimits",
    resources: { hugepageLimits: [{ pageSize: "2MB", limit: 4 * MIB }] },
    v1: ["hugetlb/hugetlb.2MB.limit_in_bytes", `${4 * MIB}`],
    v2: ["hugetlb.2MB.max", `${4 * MIB}`],
  },
  {
    property: "hugepageLimits, reservations",
    resources: { hugepageLimits: [{ pageSize: "2MB", limit: 4 * MIB }] },
    v1: ["hugetlb/hugetlb.2MB.rsvd.limit_in_bytes", `${4 * MIB}`],
    v2: ["hugetlb.2MB.rsvd.max", `${4 * MIB}`],
  },
  {
    property: "network.classID",
    resources: { network: { classID: 1048577 } },
    v1: ["net_cls/net_cls.classid", "1048577"],
  },
  { property: "unified", resources: { unified: { "memory.high": `${48 * MIB}` } }, v2: ["memory.high", `${48 * MIB}`] },
  {
    property: "unified, several files",
    resources: { unified: { "memory.high": "max", "pids.max": "33" } },
    v2: ["pids.max", "33"],
  },
];

/** v2's name of a v1 controller. */
const V2_NAMES: Readonly<Record<string, string>> = { blkio: "io" };

function skipOf({ v1, v2 }: Case): string | false {
  if (VERSION === 1 && v1 === undefined) return "for cgroup v2: this host has v1";
  if (VERSION === 2 && v2 === undefined) return "for cgroup v1: this host has v2";
  const controller = v1?.[0].split("/")[0] ?? v2?.[0].split(".")[0] ?? "";
  return withoutController(controller, V2_NAMES[controller] ?? controller);
}

for (const one of CASES) {
  test(`linux.resources.${one.property}`, { skip: skipOf(one) }, async (t) => {
    const subject = container(t, { process: { args: ["sleep", "60"] }, linux: { resources: one.resources } });
    const { code, stderr } = await subject.create();
    t.equal(code, 0, stderr);
    const place = (pair: Case["v1"] | Case["v2"]) => {
      const [file = "", value = ""] = pair ?? [];
      return { file: VERSION === 1 ? { v1: file, v2: "" } : { v1: "unified/", v2: file }, value };
    };
    const first = place(VERSION === 1 ? one.v1 : one.v2);
    const other = place(VERSION === 1 ? one.or?.v1 : one.or?.v2);
    const { file, value } = other.value !== "" && !existsSync(cgroupFile(subject.id, first.file)) ? other : first;
    // A kernel without accounting of reservations has no file for them.
    if (one.property.endsWith("reservations") && !existsSync(cgroupFile(subject.id, file))) t.pass("no file");
    else t.equal(cgroupValue(subject.id, file), value);
  });
}

test("swappiness is v1's, and 0 is a value", {
  skip: VERSION === 2 && "for cgroup v1: this host has v2",
}, async (t) => {
  const subject = container(t, { linux: { resources: { memory: { swappiness: 0 } } } });
  t.equal((await subject.create()).code, 0);
  t.equal(cgroupValue(subject.id, { v1: "memory/memory.swappiness", v2: "" }), "0");
});

test("a quota binds: the kernel throttles the container", { skip: withoutController("cpu", "cpu") }, async (t) => {
  const subject = container(t, {
    process: { args: ["sh", "-c", "while :; do :; done"] },
    linux: { resources: { cpu: { quota: 2000, period: 20000 } } },
  });
  await subject.create();
  await subject.start();
  for (let attempt = 0; ; attempt++) {
    const { data } = JSON.parse((await subject.command("events", ["--stats"])).stdout);
    if (data.cpu.throttling.throttledPeriods > 3) break;
    if (attempt === 600) t.fail("never throttled");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.pass("throttled");
});

const REFUSED: readonly { name: string; resources: Config; says: RegExp; skip?: string | false }[] = [
  {
    name: "a CPU that the host has not",
    resources: { cpu: { cpus: "4000" } },
    says: /linux\.resources\.cpu\.cpus.*cpuset\.cpus to 4000 in .*: E[A-Z]+/,
    skip: withoutController("cpuset", "cpuset"),
  },
  {
    name: "a quota below the kernel's least",
    resources: { cpu: { quota: 1 } },
    says: /linux\.resources\.cpu\.quota.*cpu\.(cfs_quota_us|max) to 1.* in .*: EINVAL/,
    skip: withoutController("cpu", "cpu"),
  },
  {
    name: "a controller that there is not",
    resources: { unified: { "nosuch.max": "1" } },
    says: /unified\.nosuch\.max/,
  },
  {
    name: "a controller of v1 that v2 has not",
    resources: { network: { classID: 5 } },
    says: /network\.classID (has no counterpart in cgroup v2|needs the net_cls controller)/,
    skip: VERSION === 1 && existsSync(cgroupDirectory("", "net_cls")) && "this host has net_cls",
  },
  {
    name: "swappiness on v2",
    resources: { memory: { swappiness: 60 } },
    says: /memory\.swappiness has no counterpart in cgroup v2/,
    skip: VERSION === 1 && "for cgroup v2: this host has v1",
  },
  {
    name: "huge pages of a size that the kernel has not",
    resources: { hugepageLimits: [{ pageSize: "3MB", limit: 1 }] },
    says: /hugepageLimits.*hugetlb\.3MB|hugepageLimits needs the hugetlb controller/,
  },
];

for (const { name, resources, says, skip = false } of REFUSED) {
  test(`${name} is refused by name, and nothing is left`, { skip }, async (t) => {
    t.match(await refused(t, { linux: { resources } }), says);
  });
}
