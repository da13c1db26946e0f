/** update: what can't be set is told, and what was set before it is put back. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { type CgroupFile, cgroupDirectory, cgroupValue, VERSION } from "../support/cgroup.ts";
import { cpuMax, FILES, MIB, running } from "./updates.ts";

test("update says what is wrong, and changes nothing", async (t) => {
  const subject = await running(t, { pids: { limit: 50 } });
  const cases: [string[], RegExp, string?][] = [
    [["--memory", "much"], /invalid value "much" for flag --memory: it takes a number of bytes/],
    [["--pids-limit", "1.5"], /invalid value "1.5" for flag --pids-limit: it takes a whole number/],
    [["--cpu-idle", "5"], /^--cpu-idle must be an integer from 0 to 1: it is 5$/m],
    [
      ["--memory", "64M", "--memory-swap", "32M"],
      /^--memory-swap must be at least the memory limit, 67108864: it is 33554432$/m,
    ],
    [["-r", "-", "--memory", "64M"], /^\/memory\/swap must be at least the memory limit/m, '{"memory":{"swap":4096}}'],
    [["--cpuset-cpus", "999"], /set linux\.resources\.cpu\.cpus: cpuset\.cpus to 999 in .*: write\(.*\): E/],
    [["--cpu-quota", "1"], /set linux\.resources\.cpu\.quota: cpu\..* to 1/],
    [["--l3-cache-schema", "L3:0=f"], /the container was made without linux\.intelRdt/],
    [["-r", "/no/such/file"], /read \/no\/such\/file: .*no such file or directory/],
    [["-r", "-"], /standard input:1:1: the document must be JSON/, "nonsense"],
    [["-r", "-", "--device-rules", "-"], /can't both be read from standard input/, "{}"],
    [["--device-rules", "-"], /^standard input has no device rule$/m, "[]"],
    [["--device-rules", "-"], /standard input:1:2: \/0\/allow must be true or false/, "[{}]"],
  ];
  for (const [args, message, stdin] of cases) {
    const { code, stderr } = await subject.command("update", args, stdin === undefined ? {} : { stdin });
    t.equal(code, 1, args.join(" "));
    t.match(stderr, message);
  }
  t.equal(cgroupValue(subject.id, FILES.pids), "50");
});

test("an update that fails half way puts back what it has set", async (t) => {
  const subject = await running(t, {
    memory: { limit: 64 * MIB, swap: 64 * MIB, reservation: 16 * MIB },
    cpu: { quota: 50000, period: 100000, shares: 512 },
    pids: { limit: 50 },
  });
  // An empty list of v2 may become the same one written out.
  const inForce = ({ v1, v2 }: CgroupFile) => ({ v1, v2: v2.startsWith("cpuset.") ? `${v2}.effective` : v2 });
  const values = () => [...Object.values(FILES).map((file) => cgroupValue(subject.id, inForce(file))), cpuMax(subject)];
  const before = values();
  const memory = { limit: 128 * MIB, swap: 128 * MIB, reservation: 32 * MIB };
  const cpu = { shares: 100, quota: 20000, period: 50000, burst: 10000, cpus: "0", mems: "0" };
  const cases: [Config, RegExp][] = [
    [{ memory, cpu, pids: { limit: 99_999_999 } }, /set linux\.resources\.pids\.limit: pids\.max to 99999999/],
    [{ cpu: { idle: 1 }, pids: { limit: 99_999_999 } }, /set linux\.resources\.pids\.limit/],
    [{ memory, cpu: { ...cpu, quota: 999 }, pids: { limit: 7 } }, /\/cpu\/burst must be at most the quota/],
    [{ memory, cpu: { ...cpu, burst: 0, quota: 999 } }, /set linux\.resources\.cpu\.quota: cpu\..* to 999/],
    [{ memory, cpu, blockIO: { weight: 5000 } }, /blockIO\.weight|IOWeight/],
    [{ memory, cpu, hugepageLimits: [{ pageSize: "3MB", limit: 0 }] }, /linux\.resources\.hugepageLimits/],
  ];
  for (const [resources, message] of cases) {
    const { code, stderr } = await subject.command("update", ["-r", "-"], { stdin: JSON.stringify(resources) });
    t.equal(code, 1, stderr);
    t.match(stderr, message);
    t.notMatch(stderr, "stays");
    t.same(values(), before, stderr);
  }
});

test("what the kernel refuses is told with what it would take", {
  skip: VERSION === 2 && "for cgroup v1: v2 takes most of it",
}, async (t) => {
  const subject = await running(t, { memory: { limit: 64 * MIB, swap: 128 * MIB }, cpu: { quota: 50000 } });
  for (const [args, hint] of [
    [["--memory", "1g"], "(memory.memsw.limit_in_bytes is 134217728)"],
    [["--memory-swap", "32m"], "(memory.limit_in_bytes is 67108864)"],
    [["--memory", "4096"], "(bytes in use: "],
    [["--cpu-burst", "60000"], "(cpu.cfs_quota_us is 50000)"],
    [["--cpu-quota", "999"], "(it takes 1000 and more"],
    [["--cpu-period", "999"], "(it takes 1000 to 1000000)"],
    [["--pids-limit", "4194305"], "(it takes at most 4194304)"],
    [["--cpuset-cpus", "77777"], `(the cgroup above has ${cgroupValue("", FILES.cpus)})`],
    [["--cpuset-mems", "999"], `(the cgroup above has ${cgroupValue("", FILES.mems)})`],
  ] as const) {
    const { code, stderr } = await subject.command("update", args);
    t.equal(code, 1);
    t.match(stderr, hint);
  }
});

test("device rules that v1 can't change below a cgroup's children say so", {
  skip: VERSION === 2 && "for cgroup v1: v2 has a program",
}, async (t) => {
  const subject = await running(t);
  mkdirSync(join(cgroupDirectory(subject.id, "devices"), "below"));
  const rules = JSON.stringify([{ allow: false, access: "rwm" }]);
  const { code, stderr } = await subject.command("update", ["--device-rules", "-"], { stdin: rules });
  t.equal(code, 1);
  t.match(stderr, "(not while there are cgroups below it)");
});
