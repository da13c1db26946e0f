/** Cgroups of v2 as the kernel has them, each test in a cgroup of its own below the root. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { CgroupRecord } from "../../lib/spec/cgroup-record.ts";
import { cgroupsNamed, processesIn, read, until } from "../support/host.ts";
import { build, Cgroup, call, unless, value } from "./subject.ts";

const ROOT = "/sys/fs/cgroup";
const skip = unless(2);
if (skip === false) await build();

test("createCgroup() makes a directory that has all controllers, and those above", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create({}, `${subject.path}/pod/leaf`);
  t.strictSame(record, { version: 2, paths: { unified: `${ROOT}${subject.path}/pod/leaf` } });
  t.equal(value(record, "unified", "cgroup.controllers"), read(join(ROOT, "cgroup.controllers")).trim());
  const pid = await subject.start(entry);
  t.strictSame(processesIn(record.paths.unified as string), [pid]);
  t.strictSame(call("processes", record), [pid]);
});

test("createCgroup() writes the limits, and updateCgroup() changes them", { skip }, async (t) => {
  const { record, afterInit } = new Cgroup(t).create({
    memory: { limit: 64 << 20, swap: 128 << 20, reservation: 32 << 20 },
    cpu: { shares: 512, quota: 50000, period: 200000, burst: 10000, cpus: "0" },
    blockIO: { weight: 500 },
    pids: { limit: 0 },
    unified: { "memory.high": `${48 << 20}` },
    devices: [{ allow: true, access: "rwm" }],
  });
  const expect = (values: Record<string, string>) => {
    for (const [file, expected] of Object.entries(values)) t.equal(value(record, "unified", file), expected, file);
  };
  expect({
    "memory.max": `${64 << 20}`,
    "memory.low": `${32 << 20}`,
    "memory.high": `${48 << 20}`,
    "cpu.weight": "59",
    "cpu.max": "50000 200000",
    "cpu.max.burst": "10000",
    "cpuset.cpus": "0",
    "pids.max": "max",
  });
  call("applyBatches", record, afterInit);
  expect({ "pids.max": "1" });
  call("updateCgroup", record, { cpu: { quota: 5000, burst: 2000 }, memory: { limit: -1 }, pids: { limit: 20 } });
  expect({ "cpu.max": "5000 200000", "cpu.max.burst": "2000", "memory.max": "max", "pids.max": "20" });
  call("updateCgroup", record, { cpu: { period: 100000 } });
  expect({ "cpu.max": "5000 100000" });
  call("updateCgroup", record, { memory: { limit: 64 << 20 } });
  call("updateCgroup", record, { memory: { swap: 96 << 20 } });
  expect({ "memory.max": `${64 << 20}`, "memory.swap.max": `${32 << 20}` });
  t.throws(() => call("updateCgroup", record, { memory: { swap: 32 << 20 } }), {
    message: /linux\.resources\.memory\.swap is 33554432: it contains memory\.max, which is 67108864/,
  });
  call("updateCgroup", record, { cpu: { period: 200000 }, memory: { limit: -1 } });
  call("updateCgroup", record, { cpu: { quota: 500000, burst: 200000 } });
  expect({ "cpu.max": "500000 200000", "cpu.max.burst": "200000" });
});

test("createCgroup() names what can't be, and leaves nothing", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const path = `${ROOT}${subject.path}`;
  const cases: [object, RegExp][] = [
    [
      { cpu: { quota: 1 } },
      new RegExp(
        `^set linux.resources.cpu.quota: cpu.max to 1 in ${path} \\(it takes .*\\): write\\(.*\\): EINVAL: invalid argument$`,
      ),
    ],
    [
      { unified: { "nosuch.max": "1" } },
      /^linux\.resources\.unified\.nosuch\.max can't be set in .*: the nosuch controller is not/,
    ],
    [{ unified: { "memory.nosuch": "1" } }, /: the kernel has no memory\.nosuch$/],
    [{ memory: { swappiness: 5 } }, /memory\.swappiness has no counterpart in cgroup v2$/],
  ];
  for (const [resources, message] of cases) t.throws(() => subject.create(resources), { message });
  t.strictSame(cgroupsNamed(subject.name), []);
});

test("a limit with checkBeforeUpdate is not set below what is in use", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  await subject.start(entry);
  const update = (limit: number) => call("updateCgroup", record, { memory: { limit, checkBeforeUpdate: true } });
  t.throws(() => update(4096), {
    message: /memory\.limit can't be set to 4096 in .*: \d+ are in use, and checkBeforeUpdate is set/,
  });
  t.equal(value(record, "unified", "memory.max"), "max");
  update(256 << 20);
  t.equal(value(record, "unified", "memory.max"), `${256 << 20}`);
});

test("below a cgroup that has processes there are no controllers, and below a threaded one no container", {
  skip,
}, async (t) => {
  const subject = new Cgroup(t);
  const above = `${ROOT}${subject.path}`;
  mkdirSync(above);
  await subject.start({ tasks: [], unified: above });
  const leaf = `${subject.path}/leaf`;
  const { record } = subject.create({}, leaf);
  t.equal(value(record, "unified", "cgroup.controllers"), "");
  t.equal(value(record, "unified", "cgroup.type"), "domain");
  t.throws(() => subject.create({ memory: { limit: 64 << 20 } }, leaf), {
    message: /the memory controller is not available there/,
  });
  mkdirSync(join(above, "threads"));
  writeFileSync(join(above, "threads/cgroup.type"), "threaded");
  t.throws(() => subject.create({}, `${subject.path}/threads/leaf`), { message: /is below a threaded cgroup/ });
});

test("placeCgroup() puts a relative path, and an id, beside the runtime's own cgroup", { skip }, async (t) => {
  const own = /^0::(.*)\/[^/]*$/m.exec(read("/proc/self/cgroup"))?.[1];
  const place = (...args: unknown[]) => call<CgroupRecord>("placeCgroup", ...args).paths.unified;
  t.equal(place("runt-test-id"), `${ROOT}${own}/runt-test-id`);
  t.equal(place("runt-test-id", "../pod/x"), `${ROOT}${own}/pod/x`);
  t.equal(place("runt-test-id", "/pod/x"), `${ROOT}/pod/x`);
});

test("pause(), resume(), and a cgroup that is in use", { skip }, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  t.strictSame(call("placeCgroup", "id", subject.path), record, "one that is there and empty can be taken");
  call("pause", record);
  t.throws(() => call("placeCgroup", "id", subject.path), { message: /is frozen/ });
  call("resume", record);
  const pid = await subject.start(entry);
  t.throws(() => call("placeCgroup", "id", subject.path), { message: new RegExp(`is not empty: 1 .* found: ${pid}`) });
  call("pause", record);
  t.equal(call("isPaused", record), true);
  t.match(value(record, "unified", "cgroup.events"), /^frozen 1$/m);
  call("resume", record);
  t.equal(call("isPaused", record), false);
});

test("killAll() ends all processes, paused and in cgroups below, and removeCgroup() waits for that", {
  skip,
}, async (t) => {
  const subject = new Cgroup(t);
  const { record, join: entry } = subject.create();
  const below = join(record.paths.unified as string, "below");
  mkdirSync(below);
  await subject.start(entry, "trap '' TERM; sleep 60 & sleep 60 & wait");
  await subject.start({ tasks: [], unified: below });
  await until("all are there", () => call<number[]>("processes", record).length === 4);
  call("signalAll", record, 15);
  call("pause", record);
  call("killAll", record);
  call("removeCgroup", record);
  t.strictSame(cgroupsNamed(subject.name), []);
  call("removeCgroup", record);
});
