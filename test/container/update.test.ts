/** update: new limits of a container that runs, told to the kernel and felt inside. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { cgroupValue, VERSION } from "../support/cgroup.ts";
import { container } from "../support/container.ts";
import { read, until } from "../support/host.ts";
import { cpuMax, FILES, MIB, running, update } from "./updates.ts";

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
  await update(t, subject, ["--resources=", "--device-rules=", "--pids-limit", "42"]);
  t.equal(cgroupValue(subject.id, FILES.pids), "42", "no name is no file");
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
