/** update: new limits of a container that runs, told to the kernel and felt inside. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { type CgroupFile, cgroupValue, VERSION } from "../support/cgroup.ts";
import { type Container, container } from "../support/container.ts";
import { read, until } from "../support/host.ts";

const FILES = {
  memory: { v1: "memory/memory.limit_in_bytes", v2: "memory.max" },
  reservation: { v1: "memory/memory.soft_limit_in_bytes", v2: "memory.low" },
  shares: { v1: "cpu/cpu.shares", v2: "cpu.weight" },
  cpus: { v1: "cpuset/cpuset.cpus", v2: "cpuset.cpus" },
  mems: { v1: "cpuset/cpuset.mems", v2: "cpuset.mems" },
  idle: { v1: "cpu/cpu.idle", v2: "cpu.idle" },
  burst: { v1: "cpu/cpu.cfs_burst_us", v2: "cpu.max.burst" },
  pids: { v1: "pids/pids.max", v2: "pids.max" },
} as const satisfies Record<string, CgroupFile>;

const MIB = 1 << 20;

async function running(t: Test, resources: Config = {}, script = "exec sleep 60"): Promise<Container> {
  const subject = container(t, { process: { args: ["sh", "-c", script] }, linux: { resources } });
  const { code, stderr } = await subject.create();
  t.equal(code, 0, stderr);
  await subject.start();
  return subject;
}

async function update(t: Test, subject: Container, args: readonly string[], stdin?: string): Promise<void> {
  t.same(await subject.command("update", args, stdin === undefined ? {} : { stdin }), {
    code: 0,
    stdout: "",
    stderr: "",
  });
}

/** Quota and period in the way of v2. */
function cpuMax({ id }: Container): string {
  if (VERSION === 2) return cgroupValue(id, { v1: "", v2: "cpu.max" });
  const v1 = (file: string) => cgroupValue(id, { v1: `cpu/cpu.cfs_${file}_us`, v2: "" });
  return `${v1("quota").replace("-1", "max")} ${v1("period")}`;
}

test("each option sets its limit, and leaves the others", async (t) => {
  const subject = await running(t, { pids: { limit: 100 }, memory: { limit: 64 * MIB } });
  const value = (name: keyof typeof FILES) => cgroupValue(subject.id, FILES[name]);
  const steps: [string[], keyof typeof FILES, number | string][] = [
    [["--memory", "134217728"], "memory", 128 * MIB],
    [["--memory", "32M"], "memory", 32 * MIB],
    [["--memory-reservation", "16m"], "reservation", 16 * MIB],
    [["--cpu-share", "512"], "shares", VERSION === 2 ? 59 : 512],
    [["--cpuset-cpus", "0"], "cpus", 0],
    [["--cpuset-mems", "0"], "mems", 0],
    [["--cpu-quota", "50000", "--cpu-burst", "20000"], "burst", 20000],
    [["--cpu-burst", "0"], "burst", 0],
    [["--cpu-idle", "1"], "idle", 1],
    [["--cpu-idle", "0"], "idle", 0],
    [["--pids-limit", "20"], "pids", 20],
    [["--pids-limit", "-1"], "pids", "max"],
  ];
  for (const [args, name, expected] of steps) {
    await update(t, subject, args);
    t.equal(value(name), String(expected), args.join(" "));
  }
  t.equal(value("memory"), String(32 * MIB), "the memory limit is as it was");
  t.equal(cpuMax(subject), "50000 100000");
});

test("--blkio-weight goes to the file that the kernel has", async (t) => {
  const subject = await running(t);
  await update(t, subject, ["--blkio-weight", "500"]);
  const files = ["blkio/blkio.weight", "blkio/blkio.bfq.weight"].map((v1) => cgroupValue(subject.id, { v1, v2: "" }));
  const v2 = ["io.bfq.weight", "io.weight"].map((file) => cgroupValue(subject.id, { v1: "", v2: file }));
  t.ok((VERSION === 2 ? v2 : files).some((text) => /^(default )?(500|4950)$/m.test(text)));
});

test("quota and period are set together or one by one", async (t) => {
  const subject = await running(t);
  const steps: [string[], string][] = [
    [["--cpu-quota", "20000", "--cpu-period", "50000"], "20000 50000"],
    [["--cpu-quota", "30000"], "30000 50000"],
    [["--cpu-period", "100000"], "30000 100000"],
    [["--cpu-quota", "0", "--cpu-period", "0"], "30000 100000"],
    [["--cpu-quota", "-1"], "max 100000"],
    [["--cpu-period", "20000"], "max 20000"],
  ];
  for (const [args, expected] of steps) {
    await update(t, subject, args);
    t.equal(cpuMax(subject), expected, args.join(" "));
  }
});

test("memory, and memory with swap, go up and down in any order", async (t) => {
  const subject = await running(t, { memory: { limit: 64 * MIB, swap: 64 * MIB } });
  for (const [limit, swap] of [
    [256, 512],
    [32, 48],
    [40, 40],
    [512, 512],
    [16, 1024],
  ]) {
    await update(t, subject, ["--memory", `${limit}M`, "--memory-swap", `${swap}M`]);
    t.equal(cgroupValue(subject.id, FILES.memory), String((limit ?? 0) * MIB));
  }
  await update(t, subject, ["--memory", "-1", "--memory-swap", "-1"]);
  t.match(cgroupValue(subject.id, FILES.memory), VERSION === 2 ? "max" : /^9223372036854771712$/);
});

test("--resources takes what engines send, from a file or standard input: 0 is unset, devices are left alone", async (t) => {
  const subject = await running(t, { memory: { limit: 64 * MIB }, pids: { limit: 50 } }, "sleep 60; exec sleep 60");
  const docker = {
    memory: { limit: 0, reservation: 0, kernel: 0 },
    cpu: { shares: 0, quota: 0, period: 0, cpus: "", mems: "" },
    blockIO: { weight: 0 },
    devices: [{ allow: false, access: "rwm" }],
  };
  for (const args of [["--resources", "-"], ["--resources=-"], ["-r", "-"]]) {
    await update(t, subject, args, JSON.stringify(docker));
    t.equal(cgroupValue(subject.id, FILES.memory), String(64 * MIB));
    t.equal(cgroupValue(subject.id, FILES.pids), "50");
  }
  const file = join(subject.directory, "resources.json");
  writeFileSync(file, JSON.stringify({ ...docker, pids: { limit: 40 } }));
  await update(t, subject, ["-r", file]);
  t.equal(cgroupValue(subject.id, FILES.pids), "40");
  await update(t, subject, ["-r", file, "--pids-limit", "41"]);
  t.equal(cgroupValue(subject.id, FILES.pids), "41", "an option goes over the file");
});

test("a limit on processes that is lowered while it runs is felt inside", async (t) => {
  const script = "while [ ! -e /mnt/go ]; do usleep 1000; done; sleep 1 & sleep 1 & sleep 1 & wait; echo all";
  const subject = container(t, (it) => ({
    process: { args: ["sh", "-c", script] },
    mounts: [...MOUNTS, { destination: "/mnt", source: it.folder("shared"), options: ["bind"] }],
  }));
  await subject.create();
  await subject.start();
  await update(t, subject, ["--pids-limit", "2"]);
  writeFileSync(join(subject.directory, "shared/go"), "");
  await until("it ends", async () => (await subject.state()).status === "stopped", 60);
  t.match(subject.stderr, /can't fork|Resource temporarily unavailable/);
  t.notMatch(subject.stdout, "all");
});

test("update says what is wrong, and changes nothing", async (t) => {
  const subject = await running(t, { pids: { limit: 50 } });
  const cases: [string[], RegExp, string?][] = [
    [["--memory", "much"], /invalid value "much" for flag --memory: it takes a number of bytes/],
    [["--pids-limit", "1.5"], /invalid value "1.5" for flag --pids-limit: it takes a whole number/],
    [["--cpu-idle", "5"], /\/cpu\/idle must be .* to 1: it is 5/],
    [["--memory", "64M", "--memory-swap", "32M"], /\/memory\/swap must be at least the memory limit/],
    [["--cpuset-cpus", "999"], /set linux\.resources\.cpu\.cpus: cpuset\.cpus to 999 in .*: write\(.*\): E/],
    [["--cpu-quota", "1"], /set linux\.resources\.cpu\.quota: cpu\..* to 1/],
    [["--l3-cache-schema", "L3:0=f"], /the container was made without linux\.intelRdt/],
    [["-r", "/no/such/file"], /read \/no\/such\/file: .*no such file or directory/],
    [["-r", "-"], /standard input:1:1: the document must be JSON/, "nonsense"],
    [["-r", "-", "--device-rules", "-"], /can't both be read from standard input/, "{}"],
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
  const values = () => [...Object.values(FILES).map((file) => cgroupValue(subject.id, file)), cpuMax(subject)];
  const before = values();
  const memory = { limit: 128 * MIB, swap: 128 * MIB, reservation: 32 * MIB };
  const cpu = { shares: 100, quota: 20000, period: 50000, burst: 10000, cpus: "0", mems: "0" };
  const cases: [Config, RegExp][] = [
    [{ memory, cpu, pids: { limit: 99_999_999 } }, /set linux\.resources\.pids\.limit: pids\.max to 99999999/],
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

test("a value that the kernel holds against another one is refused with that one", {
  skip: VERSION === 2 && "for cgroup v1: v2 has no limit on memory and swap together",
}, async (t) => {
  const subject = await running(t, { memory: { limit: 64 * MIB, swap: 128 * MIB }, cpu: { quota: 50000 } });
  for (const [args, hint] of [
    [["--memory", "1g"], "(memory.memsw.limit_in_bytes is 134217728)"],
    [["--memory-swap", "32m"], "(memory.limit_in_bytes is 67108864)"],
    [["--cpu-burst", "60000"], "(cpu.cfs_quota_us is 50000)"],
  ] as const) {
    const { code, stderr } = await subject.command("update", args);
    t.equal(code, 1);
    t.match(stderr, hint);
  }
});

test("disableOOMKiller is switched off again by false", {
  skip: VERSION === 2 && "for cgroup v1: v2 can't do without",
}, async (t) => {
  const subject = await running(t, { memory: { limit: 64 * MIB, disableOOMKiller: true } });
  const control = () => cgroupValue(subject.id, { v1: "memory/memory.oom_control", v2: "" });
  for (const isDisabled of [false, true, false]) {
    await update(t, subject, ["-r", "-"], JSON.stringify({ memory: { disableOOMKiller: isDisabled } }));
    t.match(control(), `oom_kill_disable ${isDisabled ? 1 : 0}`);
  }
});

test("update of a container that is created is possible, of one that has ended or is not there not", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  t.match((await subject.command("update", ["--pids-limit", "9"])).stderr, "container does not exist");
  await subject.create();
  await update(t, subject, ["--pids-limit", "9"]);
  t.equal(cgroupValue(subject.id, FILES.pids), "9");
  await subject.kill("KILL");
  await until("it has stopped", async () => (await subject.state()).status === "stopped", 60);
  const { code, stderr } = await subject.command("update", ["--pids-limit", "9"]);
  t.equal(code, 1);
  t.equal(stderr, "container not running\n");
});

test("--resources takes what only a file can say: files of v2, and rates of single devices", async (t) => {
  const subject = await running(t);
  const disks = readdirSync("/sys/block").filter((name) => !name.startsWith("loop"));
  const [major = 7, minor = 0] = read(join("/sys/block", disks[0] ?? "loop0", "dev"))
    .trim()
    .split(":")
    .map(Number);
  const blockIO = { throttleReadBpsDevice: [{ major, minor, rate: 1048576 }] };
  await update(t, subject, ["-r", "-"], JSON.stringify({ blockIO }));
  const rate = cgroupValue(subject.id, { v1: "blkio/blkio.throttle.read_bps_device", v2: "io.max" });
  t.match(rate, new RegExp(`^${major}:${minor} (rbps=)?1048576`));
  if (VERSION === 1) return;
  await update(t, subject, ["-r", "-"], JSON.stringify({ unified: { "memory.high": "50331648" } }));
  t.equal(cgroupValue(subject.id, { v1: "", v2: "memory.high" }), "50331648");
});

test("limits of the kernel's memory are taken with a warning", async (t) => {
  const subject = await running(t);
  const { code, stderr } = await subject.command("update", ["--kernel-memory", "64M", "--kernel-memory-tcp", "64M"]);
  t.equal(code, 0);
  t.match(stderr, /^warning: --kernel-memory is ignored.*\nwarning: --kernel-memory-tcp is ignored/);
});

test("device rules of a container that runs change by --device-rules, from a file or standard input", async (t) => {
  const script =
    "while :; do if ( : >> /dev/kmsg ) 2> /dev/null; then echo yes; else echo no; fi > /mnt/answer; usleep 1000; done";
  const subject = container(t, (it) => ({
    process: { args: ["sh", "-c", script] },
    mounts: [...MOUNTS, { destination: "/mnt", source: it.folder("shared"), options: ["bind"] }],
    linux: {
      devices: [{ path: "/dev/kmsg", type: "c", major: 1, minor: 11 }],
      resources: { devices: [{ allow: false, access: "rwm" }] },
    },
  }));
  await subject.create();
  await subject.start();
  const answers = (text: string) =>
    until(`it answers ${text}`, () => read(join(subject.directory, "shared/answer")) === `${text}\n`, 60);
  await answers("no");
  const denyAll = { allow: false, access: "rwm" };
  const kmsg = { allow: true, type: "c", major: 1, minor: 11, access: "rw" };
  await update(t, subject, ["--device-rules", "-"], JSON.stringify([denyAll, kmsg]));
  await answers("yes");
  await update(t, subject, ["--resources", "-"], JSON.stringify({ devices: [denyAll] }));
  await update(t, subject, ["--pids-limit", "50"]);
  await answers("yes");
  const file = join(subject.directory, "rules.json");
  writeFileSync(file, JSON.stringify([denyAll]));
  await update(t, subject, ["--device-rules", file]);
  await answers("no");
  await update(t, subject, ["--device-rules", "-"], JSON.stringify([{ allow: true, access: "rwm" }]));
  await answers("yes");
  await update(t, subject, ["--device-rules", "-"], JSON.stringify([denyAll]));
  await answers("no");
});

test("a container without a cgroup has no limits to change", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.command("--cgroup-manager=disabled", ["create", "--bundle", subject.bundle]);
  const { code, stderr } = await subject.command("update", ["--pids-limit", "5"]);
  t.equal(code, 1);
  t.match(stderr, "made without a cgroup");
});
