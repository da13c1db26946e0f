/** --systemd-cgroup: limits are properties of the scope, and files of the kernel's; asked of both. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS, writeConfig } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import type { Container } from "../support/container.ts";
import { read, until } from "../support/host.ts";
import { container, create, shown, skip, unitOf } from "./scopes.ts";

const MIB = 1 << 20;

const LIMITS = {
  memory: { limit: 64 * MIB, reservation: 32 * MIB, swap: 96 * MIB },
  cpu: { shares: 512, quota: 25_000, period: 50_000, cpus: "0", mems: "0" },
  pids: { limit: 30 },
  blockIO: { weight: 100 },
  unified: { "memory.high": String(60 * MIB) },
};
const SHOWN = {
  MemoryMax: String(64 * MIB),
  MemoryLow: String(32 * MIB),
  MemorySwapMax: String(32 * MIB),
  MemoryHigh: String(60 * MIB),
  CPUWeight: "59",
  CPUQuotaPerSecUSec: "500ms",
  CPUQuotaPeriodUSec: "50ms",
  AllowedCPUs: "0",
  AllowedMemoryNodes: "0",
  TasksMax: "30",
};
const FILES = {
  "memory.max": String(64 * MIB),
  "memory.low": String(32 * MIB),
  "memory.high": String(60 * MIB),
  "cpu.weight": "59",
  "cpu.max": "25000 50000",
  "cpuset.cpus": "0",
  "pids.max": "30",
};

function fileOf(subject: Container, name: string): string {
  return readFileSync(join("/sys/fs/cgroup/system.slice", unitOf(subject), name), "utf8").trim();
}

test("limits are systemd's and the kernel's, and outlive a reload", { skip }, async (t) => {
  const { blockIO: _, ...resources } = LIMITS;
  const subject = container(t, { linux: { resources } });
  const { code, stderr } = await create(subject);
  t.equal(code, 0, stderr);
  t.same(await shown(subject, ...Object.keys(SHOWN)), SHOWN);
  const files = () => Object.fromEntries(Object.keys(FILES).map((name) => [name, fileOf(subject, name)]));
  t.same(files(), FILES);
  await run(["systemctl", "daemon-reload"]);
  t.same(files(), FILES, "after a reload");
  await run(["systemctl", "set-property", "--runtime", unitOf(subject), "IOWeight=200"]);
  t.same(files(), FILES, "after systemd wrote them again");
});

test("an idle group stays idle when systemd writes weights again", { skip }, async (t) => {
  const subject = container(t, { linux: { resources: { cpu: { idle: 1 } } } });
  const { code, stderr } = await create(subject);
  t.equal(code, 0, stderr);
  const seen = async () => [(await shown(subject, "CPUWeight")).CPUWeight, fileOf(subject, "cpu.idle")];
  t.same(await seen(), ["idle", "1"]);
  await run(["systemctl", "set-property", "--runtime", unitOf(subject), "MemoryHigh=500M"]);
  t.same(await seen(), ["idle", "1"], "after systemd wrote the files again");
  t.equal((await subject.command("update", ["--cpu-idle", "0"])).code, 0);
  t.same(await seen(), ["100", "0"]);
});

test("device rules are systemd's and the kernel's, and outlive a reload and an update", { skip }, async (t) => {
  const script =
    "while :; do for it in kmsg null; do if ( : >> /dev/$it ) 2> /dev/null; then echo $it; fi; done > /mnt/new; " +
    "mv /mnt/new /mnt/answer; usleep 10000; done";
  const denyAll = { allow: false, access: "rwm" };
  const subject = container(t, {
    process: { args: ["sh", "-c", script] },
    linux: { devices: [{ path: "/dev/kmsg", type: "c", major: 1, minor: 11 }], resources: { devices: [denyAll] } },
  });
  const bind = { destination: "/mnt", source: subject.folder("shared"), options: ["bind"] };
  writeConfig(subject.bundle, { ...subject.config, mounts: [...MOUNTS, bind] });
  const { code, stderr } = await create(subject);
  t.equal(code, 0, stderr);
  t.equal((await subject.start()).code, 0);
  const answers = async (text: string) => {
    rmSync(join(subject.directory, "shared/answer"), { force: true });
    await until(`it can open ${text}`, () => read(join(subject.directory, "shared/answer")) === text, 60);
  };
  const reload = async () => {
    await run(["systemctl", "daemon-reload"]);
    await run(["systemctl", "set-property", "--runtime", unitOf(subject), "MemoryHigh=500M"]);
  };
  await answers("null\n");
  const { DevicePolicy, DeviceAllow } = await shown(subject, "DevicePolicy", "DeviceAllow");
  t.equal(DevicePolicy, "strict");
  t.notMatch(DeviceAllow, "/dev/char/1:11");
  await reload();
  await answers("null\n");
  const rules = [denyAll, { allow: true, type: "c", major: 1, minor: 11, access: "rw" }];
  const update = (devices: unknown) =>
    subject.command("update", ["--device-rules", "-"], { stdin: JSON.stringify(devices) });
  t.equal((await update(rules)).code, 0);
  await answers("kmsg\nnull\n");
  await reload();
  await answers("kmsg\nnull\n");
  t.equal((await update([denyAll])).code, 0);
  await answers("null\n");
  t.equal((await update([{ allow: true, access: "rwm" }])).code, 0);
  await answers("kmsg\nnull\n");
  t.equal((await shown(subject, "DevicePolicy")).DevicePolicy, "auto");
});

test("a weight of I/O is the scope's", { skip }, async (t) => {
  const subject = container(t, { linux: { resources: { blockIO: { weight: 100 } } } });
  const { code, stderr } = await create(subject);
  if (code === 0) t.match((await shown(subject, "IOWeight")).IOWeight, /^\d+$/);
  else t.match(stderr, /io\.weight/, "this kernel has no weights");
});

test("update is systemd's and the kernel's", { skip }, async (t) => {
  const subject = container(t, {
    linux: { resources: { pids: { limit: 30 }, cpu: { quota: 25_000, period: 50_000 } } },
  });
  t.equal((await create(subject)).code, 0);
  const args = ["--memory", "32M", "--pids-limit", "20", "--cpu-quota", "10000"];
  const { code, stderr } = await subject.command("update", args);
  t.equal(code, 0, stderr);
  t.same(await shown(subject, "MemoryMax", "TasksMax", "CPUQuotaPerSecUSec", "CPUQuotaPeriodUSec"), {
    MemoryMax: String(32 * MIB),
    TasksMax: "20",
    CPUQuotaPerSecUSec: "200ms",
    CPUQuotaPeriodUSec: "50ms",
  });
  t.same(
    [fileOf(subject, "memory.max"), fileOf(subject, "pids.max"), fileOf(subject, "cpu.max")],
    [String(32 * MIB), "20", "10000 50000"],
  );
});

test("a limit of one process holds, and lets the container begin", { skip }, async (t) => {
  const args = ["sh", "-c", "true | true; sleep 60"];
  const subject = container(t, { process: { args }, linux: { resources: { pids: { limit: 1 } } } });
  const { code, stderr } = await create(subject);
  t.equal(code, 0, stderr);
  t.same(await shown(subject, "TasksMax"), { TasksMax: "1" });
  t.equal((await subject.start()).code, 0);
  await until("the shell can't fork", () => /fork/.test(subject.stderr));
});

/** Annotations of every type of D-Bus that a scope's properties have, and what systemctl shows of them. */
