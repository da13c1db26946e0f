/** --systemd-cgroup: the container is a scope of systemd's, with its limits; asked of systemd and of the kernel. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, MOUNTS, merge, writeConfig } from "../support/bundle.ts";
import { PATH, type Result, run, runt } from "../support/command.ts";
import { container as anyContainer, type Container } from "../support/container.ts";
import { read, until } from "../support/host.ts";
import { uniqueName } from "../support/scratch.ts";

const skip = existsSync("/run/systemd/system")
  ? false
  : "systemd is not running on this host: runs in the guest of test/vm";

const MIB = 1 << 20;

/** A container whose cgroup is systemd's, with a change of `linux`, in `slice`. */
function container(t: Test, change: Config = {}, slice = ""): Container {
  return anyContainer(t, (it) =>
    merge({ process: { args: ["sleep", "60"] }, linux: { cgroupsPath: `${slice}:runt:${it.id}` } }, change),
  );
}

const create = (subject: Container): Promise<Result> =>
  runt(["--systemd-cgroup", "--root", subject.root, "create", "--bundle", subject.bundle, subject.id], {
    output: { stdout: join(subject.directory, "stdout"), stderr: join(subject.directory, "stderr") },
  });

const unitOf = ({ id }: Container): string => `runt-${id}.scope`;

/** What systemd says of the container's unit. */
async function shown(subject: Container, ...names: string[]): Promise<Record<string, string>> {
  const { stdout } = await run(["systemctl", "show", ...names.flatMap((name) => ["-p", name]), unitOf(subject)]);
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
}

test("without systemd there is an error at once", { skip: skip ? false : "systemd is running" }, async (t) => {
  const subject = container(t);
  const { code, stderr } = await create(subject);
  t.equal(code, 1);
  t.match(stderr, /systemd is not running on this host/);
  t.same(await subject.remains(), []);
});

test("the container is in its scope, in the slice that was asked for", { skip }, async (t) => {
  for (const [slice, parent] of [
    ["", "/system.slice"],
    ["runttest-deep.slice", "/runttest.slice/runttest-deep.slice"],
    ["-.slice", ""],
  ] as const) {
    const subject = container(t, {}, slice);
    const { code, stderr } = await create(subject);
    t.equal(code, 0, stderr);
    const { pid } = await subject.state();
    t.match(read(`/proc/${pid}/cgroup`), `:${parent}/${unitOf(subject)}\n`, slice);
    const { Delegate, ControlGroup, Description, ActiveState } = await shown(
      subject,
      "Delegate",
      "ControlGroup",
      "Description",
      "ActiveState",
    );
    t.same(
      { Delegate, ControlGroup, Description, ActiveState },
      {
        Delegate: "yes",
        ControlGroup: `${parent}/${unitOf(subject)}`,
        Description: `runt container ${subject.id}`,
        ActiveState: "active",
      },
    );
    t.equal((await subject.start()).code, 0);
    t.equal((await subject.delete("--force")).code, 0);
    t.equal((await shown(subject, "LoadState")).LoadState, "not-found", "the unit is gone");
  }
});

test("without a cgroupsPath the scope has the container's name", { skip }, async (t) => {
  const subject = container(t, { linux: { cgroupsPath: undefined } });
  t.equal((await create(subject)).code, 0);
  t.match(read(`/proc/${(await subject.state()).pid}/cgroup`), `/system.slice/${unitOf(subject)}\n`);
});

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
const ANNOTATED: readonly [name: string, text: string, shows: string, value: string | RegExp][] = [
  ["Description", "'of the annotation'", "Description", "of the annotation"],
  ["SendSIGHUP", "true", "SendSIGHUP", "yes"],
  ["KillSignal", "10", "KillSignal", "10"],
  ["ManagedOOMMemoryPressureLimit", "uint32 2147483648", "ManagedOOMMemoryPressureLimit", /^2147483648|50%$/],
  ["TimeoutStopSec", "uint64 7", "TimeoutStopUSec", "7s"],
  ["RuntimeMaxSec", "600.5", "RuntimeMaxUSec", "10min 500ms"],
  ["RuntimeRandomizedExtraUSec", "uint64 2000000", "RuntimeRandomizedExtraUSec", "2s"],
  ["After", "['basic.target']", "After", /basic\.target/],
  [
    "Documentation",
    "@as ['man:runt(8)', 'https://example.org']",
    "Documentation",
    /man:runt\(8\).* https:\/\/example\.org/,
  ],
  ["StartupAllowedCPUs", "[byte 0x01]", "StartupAllowedCPUs", "0"],
  ["IPAddressDeny", "[(2, [byte 10, 0, 0, 0], uint32 8)]", "IPAddressDeny", "10.0.0.0/8"],
  ["CPUWeight", "uint64 33", "CPUWeight", "33"],
];

test("annotations are properties of the unit", { skip }, async (t) => {
  const subject = container(t, {
    annotations: Object.fromEntries(ANNOTATED.map(([name, text]) => [`org.systemd.property.${name}`, text])),
  });
  const { code, stderr } = await create(subject);
  t.equal(code, 0, stderr);
  const seen = await shown(subject, ...ANNOTATED.map(([, , name]) => name));
  for (const [, text, name, value] of ANNOTATED) t.match(seen[name], value, `${name} of ${text}`);
});

const WRONG: readonly { name: string; change: Config; slice?: string; says: RegExp }[] = [
  { name: "a slice's name", change: {}, slice: "no-slice", says: /"no-slice" is not the name of a slice/ },
  { name: "a path", change: { linux: { cgroupsPath: "/a/path" } }, says: /expected slice:prefix:name/ },
  {
    name: "an annotation",
    change: { annotations: { "org.systemd.property.After": "[" } },
    says: /annotation org\.systemd\.property\.After: .*GVariant/,
  },
  {
    name: "a property that systemd does not know",
    change: { annotations: { "org.systemd.property.NoSuchThing": "true" } },
    says: /NoSuchThing/,
  },
  {
    name: "a limit",
    change: { linux: { resources: { unified: { "no.such": "1" } } } },
    says: /unified\.no\.such can't be set/,
  },
];

for (const { name, change, slice, says } of WRONG) {
  test(`wrong: ${name}: an error, and nothing is left`, { skip }, async (t) => {
    const subject = container(t, change, slice);
    const { code, stderr } = await create(subject);
    t.equal(code, 1);
    t.match(stderr, says);
    t.same(await subject.remains(), []);
    t.equal((await shown(subject, "LoadState")).LoadState, "not-found", "no unit");
  });
}

test("a scope that is in use is refused, and stays", { skip }, async (t) => {
  const first = container(t);
  t.equal((await create(first)).code, 0);
  const second = container(t, { linux: { cgroupsPath: `:runt:${first.id}` } });
  const { code, stderr } = await create(second);
  t.equal(code, 1);
  t.match(stderr, /already exists|already loaded|UnitExists/);
  t.equal((await first.start()).code, 0, "the first container lives");
  t.equal((await first.state()).status, "running");
});

test("a name is free as soon as its container is deleted", { skip }, async (t) => {
  const cgroupsPath = `:runt:${uniqueName()}`;
  for (let turn = 0; turn < 3; turn++) {
    const subject = container(t, { linux: { cgroupsPath } });
    const { code, stderr } = await create(subject);
    t.equal(code, 0, stderr);
    t.equal((await subject.delete("--force")).code, 0);
  }
});

test("a systemd that does not answer: an error in time, and nothing is left", { skip }, async (t) => {
  const subject = container(t);
  const path = join(subject.directory, "bus");
  const silent = createServer(() => {}).listen(path);
  t.teardown(() => silent.close());
  await until("it listens", () => existsSync(path));
  const args = ["--systemd-cgroup", "--root", subject.root, "create", "--bundle", subject.bundle, subject.id];
  const env = { PATH, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${path}` };
  const { code, stderr } = await runt(args, { env, timeout: 90_000 });
  t.equal(code, 1);
  t.match(stderr, /create the container's cgroup: ask systemd at unix:path=.*: no answer within 30 s/);
  t.same(await subject.remains(), []);
});

test("no bus: an error that names it", { skip }, async (t) => {
  const subject = container(t);
  const args = ["--systemd-cgroup", "--root", subject.root, "create", "--bundle", subject.bundle, subject.id];
  const { code, stderr } = await runt(args, { env: { PATH, DBUS_SYSTEM_BUS_ADDRESS: "unix:path=/no/such/bus" } });
  t.equal(code, 1);
  t.match(stderr, /\/no\/such\/bus/);
  t.same(await subject.remains(), []);
});
