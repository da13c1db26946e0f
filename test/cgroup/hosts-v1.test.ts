/** Cgroups of v1 and hybrid hosts as the kernel has them, each test in a cgroup of its own below the root of every hierarchy. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { CgroupRecord } from "../../lib/spec/cgroup-record.ts";
import { cgroupsNamed, hierarchies, processesIn, read, until } from "../support/host.ts";
import { build, Cgroup, call, unless, value } from "./subject.ts";

const skip = unless(1);
if (skip === false) await build();

test("createCgroup() makes a directory in every hierarchy that is mounted", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join } = subject.create();
  t.strictSame(
    Object.values(record.paths).sort(),
    hierarchies()
      .map(({ path }) => `${path}${subject.path}`)
      .sort(),
  );
  t.strictSame(cgroupsNamed(subject.name).sort(), Object.values(record.paths).sort());
  t.equal(record.version, 1);
  t.not(value(record, "cpuset", "cpuset.cpus"), "");
  t.not(value(record, "cpuset", "cpuset.mems"), "");
  const pid = await subject.start(join);
  for (const path of Object.values(record.paths)) t.strictSame(processesIn(path), [pid], path);
  t.strictSame(call("processes", record), [pid]);
});

test("createCgroup() makes the cgroups above, with CPUs and nodes", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record } = subject.create({ cpu: { cpus: "0" } }, `${subject.path}/pod/../pod/leaf`);
  t.match(record.paths.memory, new RegExp(`${subject.path}/pod/leaf$`));
  t.equal(value(record, "cpuset", "cpuset.cpus"), "0");
  t.equal(value(record, "cpuset", "cpuset.mems"), value(record, "cpuset", "../cpuset.mems"));
  t.not(value(record, "cpuset", "../../cpuset.cpus"), "");
});

test("createCgroup() writes the limits", { skip }, async (t) => {
  const { record, afterInit } = new Cgroup(t).create({
    memory: { limit: 64 << 20, swap: 128 << 20, reservation: 32 << 20, swappiness: 10 },
    cpu: { shares: 512, quota: 50000, period: 200000, cpus: "0" },
    pids: { limit: 50 },
    devices: [
      { allow: false, access: "rwm" },
      { allow: true, type: "c", major: 10, minor: 229, access: "rw" },
    ],
  });
  t.equal(value(record, "memory", "memory.limit_in_bytes"), `${64 << 20}`);
  t.equal(value(record, "memory", "memory.memsw.limit_in_bytes"), `${128 << 20}`);
  t.equal(value(record, "memory", "memory.soft_limit_in_bytes"), `${32 << 20}`);
  t.equal(value(record, "memory", "memory.swappiness"), "10");
  t.equal(value(record, "cpu", "cpu.shares"), "512");
  t.equal(value(record, "cpu", "cpu.cfs_quota_us"), "50000");
  t.equal(value(record, "cpu", "cpu.cfs_period_us"), "200000");
  const devices = value(record, "devices", "devices.list").split("\n");
  t.ok(devices.includes("c 10:229 rw"));
  t.ok(devices.includes("c 1:3 rwm"));
  t.notOk(devices.includes("a *:* rwm"));
  t.equal(value(record, "pids", "pids.max"), "max", "until init is there");
  call("applyBatches", record, afterInit);
  t.equal(value(record, "pids", "pids.max"), "50");
});

test("updateCgroup() raises and lowers limits that depend on each other", { skip }, async (t) => {
  const { record } = new Cgroup(t).create({
    memory: { limit: 64 << 20, swap: 64 << 20 },
    cpu: { quota: 50000, period: 100000, burst: 50000 },
  });
  const steps: [number, number, number, number][] = [
    [256 << 20, 512 << 20, 500000, 400000],
    [32 << 20, 48 << 20, 10000, 5000],
    [40 << 20, 40 << 20, 20000, 20000],
  ];
  for (const [limit, swap, quota, burst] of steps) {
    call("updateCgroup", record, { memory: { limit, swap }, cpu: { quota, burst } });
    t.equal(value(record, "memory", "memory.limit_in_bytes"), `${limit}`);
    t.equal(value(record, "memory", "memory.memsw.limit_in_bytes"), `${swap}`);
    t.equal(value(record, "cpu", "cpu.cfs_quota_us"), `${quota}`);
    t.equal(value(record, "cpu", "cpu.cfs_burst_us"), `${burst}`);
  }
  call("updateCgroup", record, { memory: { limit: -1 }, cpu: { quota: 0 }, pids: { limit: 7 } });
  t.match(value(record, "memory", "memory.memsw.limit_in_bytes"), /^9223372036854771712$/);
  t.equal(value(record, "cpu", "cpu.cfs_quota_us"), "20000");
  t.equal(value(record, "pids", "pids.max"), "7");
});

test("createCgroup() names the file, the value and the cgroup of what the kernel refuses, and leaves nothing", {
  skip,
}, async (t) => {
  const subject = new Cgroup(t);
  const path = `/sys/fs/cgroup/cpu${subject.path}/leaf`;
  const cause = "write\\(.*\\): EINVAL: invalid argument$";
  t.throws(() => subject.create({ cpu: { quota: 1 } }, `${subject.path}/leaf`), {
    message: new RegExp(
      `^set linux.resources.cpu.quota: cpu.cfs_quota_us to 1 in ${path} \\(it takes 1000 and more, .*\\): ${cause}`,
    ),
  });
  t.throws(() => subject.create({ memory: { limit: 128 << 20, swap: 64 << 20 } }), {
    message: /^set linux\.resources\.memory\.swap: memory\.memsw\.limit_in_bytes to/,
  });
  t.throws(() => subject.create({ network: { classID: 5 } }), {
    message: /network\.classID needs the net_cls controller/,
  });
  t.strictSame(cgroupsNamed(subject.name), []);
});

test("placeCgroup() puts a relative path, and an id, below the runtime's own cgroup", { skip }, async (t) => {
  const own = new Map(
    read("/proc/self/cgroup")
      .split("\n")
      .map((line) => line.split(":") as [string, string, string])
      .map(([, name, path]) => [name, path]),
  );
  const memory = own.get("memory") === "/" ? "" : (own.get("memory") ?? "");
  const place = (...args: unknown[]) => call<CgroupRecord>("placeCgroup", ...args).paths.memory;
  t.equal(place("runt-test-id"), `/sys/fs/cgroup/memory${memory}/runt-test-id`);
  t.equal(place("runt-test-id", "../pod/x"), `/sys/fs/cgroup/memory${memory}/pod/x`);
  t.equal(place("runt-test-id", "/pod/x"), "/sys/fs/cgroup/memory/pod/x");
});

test("a cgroup that has processes, or is frozen, is not taken", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  t.strictSame(call("placeCgroup", "id", subject.path), record, "one that is there and empty is");
  const devices = record.paths.devices as string;
  mkdirSync(join(record.paths.freezer as string, "below"));
  const pid = await subject.start({ tasks: [join(record.paths.freezer as string, "below/tasks")], unified: undefined });
  t.throws(() => call("placeCgroup", "id", subject.path), {
    message: new RegExp(`is not empty: 1 process\\(es\\) found: ${pid}`),
  });
  t.equal(processesIn(devices).length, 0);
  const other = new Cgroup(t);
  const { record: frozen } = other.create();
  writeFileSync(join(frozen.paths.freezer as string, "freezer.state"), "FROZEN");
  t.throws(() => call("placeCgroup", "id", other.path), { message: /is frozen/ });
  t.ok(entry);
});

test("createCgroup() leaves a cgroup alone that got processes after it was placed", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const place = call<CgroupRecord>("placeCgroup", "id", subject.path);
  const { join: entry } = subject.create();
  const pid = await subject.start(entry);
  t.throws(() => call("createCgroup", place, { cgroupsPath: subject.path }), { message: /is not empty/ });
  t.strictSame(call("processes", place), [pid]);
});

test("pause() and resume()", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  const pid = await subject.start(entry);
  t.equal(call("isPaused", record), false);
  call("pause", record);
  t.equal(call("isPaused", record), true);
  t.equal(value(record, "freezer", "freezer.state"), "FROZEN");
  t.strictSame(call("processes", record), [pid]);
  call("resume", record);
  t.equal(call("isPaused", record), false);
  t.equal(value(record, "freezer", "freezer.state"), "THAWED");
});

test("pause() stops processes that are made all the time", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  await subject.start(entry, "while :; do /bin/true & done");
  call("pause", record);
  const before = call("processes", record);
  t.strictSame(call("processes", record), before);
  t.equal(value(record, "freezer", "freezer.state"), "FROZEN");
});

const withoutKill = ({ version, paths: { unified, ...paths } }: CgroupRecord): CgroupRecord => ({ version, paths });
const withoutFreezer = (record: CgroupRecord): CgroupRecord => {
  const { freezer, ...paths } = withoutKill(record).paths;
  return { version: record.version, paths };
};

for (const [how, change] of Object.entries({
  "cgroup.kill": (record: CgroupRecord) => record,
  "the freezer": withoutKill,
  "neither cgroup.kill nor the freezer": withoutFreezer,
})) {
  test(`killAll() by ${how} ends all processes, those of cgroups below too, and removeCgroup() waits for that`, {
    skip,
  }, async (t) => {
    const subject = new Cgroup(t);
    const { record, join: entry } = subject.create();
    for (const path of Object.values(record.paths)) mkdirSync(join(path, "below/deep"), { recursive: true });
    await subject.start(entry, "trap '' TERM; sleep 60 & sleep 60 & wait");
    const below = (file: string) => file.replace(/\/(tasks|cgroup\.procs)$/, "/below/deep/$1");
    const cpuset = record.paths.cpuset as string;
    for (const folder of ["below", "below/deep"]) {
      for (const file of ["cpuset.cpus", "cpuset.mems"])
        writeFileSync(join(cpuset, folder, file), value(record, "cpuset", file));
    }
    await subject.start({ tasks: entry.tasks.map(below), unified: entry.unified && `${entry.unified}/below/deep` });
    await until("all are there", () => call<number[]>("processes", record).length === 4);
    call("killAll", change(record));
    call("removeCgroup", record);
    t.strictSame(cgroupsNamed(subject.name), []);
    call("removeCgroup", record);
  });
}

test("killAll() and signalAll() of a cgroup that is gone do nothing", { skip }, async (t) => {
  const { record } = new Cgroup(t).create();
  call("removeCgroup", record);
  call("killAll", record);
  call("signalAll", withoutKill(record), 9);
  t.strictSame(call("processes", record), []);
  t.equal(call("isPaused", record), false);
});

test("killAll() ends a paused container", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  await subject.start(entry);
  call("pause", record);
  call("killAll", record);
  call("removeCgroup", record);
  t.strictSame(cgroupsNamed(subject.name), []);
});

test("signalAll() reaches every process, and a paused one when it is resumed", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  await subject.start(entry, "sleep 60 & exec sleep 60");
  await until("all are there", () => call<number[]>("processes", record).length === 2);
  call("pause", record);
  call("signalAll", record, 15);
  t.equal(call<number[]>("processes", record).length, 2);
  call("resume", record);
  await until("all have ended", () => call<number[]>("processes", record).length === 0);
  t.equal(call("isPaused", record), false);
});

test("removeCgroup() tells which cgroup has processes, after it has removed the others", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record } = subject.create();
  const pid = await subject.start({ tasks: [`${record.paths.pids}/tasks`], unified: undefined });
  t.throws(() => call("removeCgroup", record), {
    message: `remove cgroup ${record.paths.pids}: there are still processes in it: ${pid}`,
  });
  t.strictSame(cgroupsNamed(subject.name), [record.paths.pids]);
});
