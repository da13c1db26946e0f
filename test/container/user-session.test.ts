/** An unprivileged user in a systemd session, with a delegated cgroup: limits, pause, exec, delete, by either cgroup manager. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, MOUNTS, merge, NAMESPACES } from "../support/bundle.ts";
import { MANAGER } from "../support/command.ts";
import { container as anyContainer, type Container } from "../support/container.ts";
import { processesIn, read, until } from "../support/host.ts";

const uid = process.getuid?.() ?? 0;
const bus = `/run/user/${uid}/bus`;
const skip = uid !== 0 && existsSync(bus) ? false : "needs a user with a systemd session: runs in the guest of test/vm";

const MIB = 1 << 20;
const RANGES = [
  { containerID: 0, hostID: uid, size: 1 },
  { containerID: 1, hostID: 100_000, size: 1000 },
];

/** A container of the user's, by default one that sleeps. */
function container(t: Test, change: Config = {}): Container {
  const linux = {
    cgroupsPath: undefined,
    namespaces: [...NAMESPACES, { type: "user" }],
    uidMappings: RANGES,
    gidMappings: RANGES,
  };
  return anyContainer(t, merge({ process: { args: ["sleep", "1000"] }, linux }, change));
}

/** A container that runs. */
async function running(t: Test, change: Config = {}): Promise<Container> {
  const subject = container(t, change);
  const created = await subject.create();
  const started = created.code === 0 ? await subject.start() : created;
  if (started.code !== 0) throw new Error(started.stderr + subject.stderr);
  return subject;
}

/** The directory of the cgroup that the container's first process is in. */
async function directory(subject: Container): Promise<string> {
  const { pid } = await subject.state();
  return `/sys/fs/cgroup${read(`/proc/${pid}/cgroup`).trim().slice("0::".length)}`;
}

const file = (path: string, name: string) => readFileSync(join(path, name), "utf8").trim();

test("the cgroup is below the user's manager, with the limits that were asked for", { skip }, async (t) => {
  const resources = {
    memory: { limit: 64 * MIB, swap: 64 * MIB, reservation: 32 * MIB },
    cpu: { shares: 512, quota: 25_000, period: 50_000, cpus: "0" },
    pids: { limit: 20 },
    unified: { "memory.high": String(60 * MIB) },
    // Without root's rights there are no device rules.
    devices: [{ allow: false, access: "rwm" }],
  };
  const subject = await running(t, { linux: { resources } });
  const path = await directory(subject);
  const place = MANAGER === "systemd" ? `/user\\.slice/runt-${subject.id}\\.scope$` : `/${subject.id}$`;
  t.match(path, new RegExp(`^/sys/fs/cgroup/user\\.slice/user-${uid}\\.slice/user@${uid}\\.service(/.*)?${place}`));
  const FILES = {
    "memory.max": String(64 * MIB),
    "memory.swap.max": "0",
    "memory.low": String(32 * MIB),
    "memory.high": String(60 * MIB),
    "cpu.weight": "59",
    "cpu.max": "25000 50000",
    "cpuset.cpus": "0",
    "pids.max": "20",
  };
  for (const [name, value] of Object.entries(FILES)) t.equal(file(path, name), value, name);
  t.equal((await subject.exec(["test", "-c", "/dev/null"])).code, 0);
});

test("limits bind", { skip }, async (t) => {
  const script = "tail /dev/zero; echo tail: $?; sleep 1 & sleep 1 & sleep 1 & wait";
  const subject = container(t, {
    process: { args: ["sh", "-c", script] },
    linux: { resources: { memory: { limit: 16 * MIB, swap: 16 * MIB }, pids: { limit: 3 } } },
  });
  const { stdout, stderr } = await subject.run([], { timeout: 60_000 });
  t.equal(stdout, "tail: 137\n");
  t.match(stderr, /can't fork/);
});

test("update, pause, resume, exec, ps, events, kill and delete work", { skip }, async (t) => {
  const subject = await running(t, { process: { args: ["sh", "-c", "sleep 1001 & exec sleep 1000"] } });
  const path = await directory(subject);
  const ok = async (command: string, ...args: string[]) => {
    const { code, stdout, stderr } = await subject.command(command, args);
    t.equal(code, 0, `${command}: ${stderr}`);
    return stdout;
  };
  await ok("update", "--memory", "32M", "--pids-limit", "12", "--cpu-quota", "10000", "--cpu-period", "40000");
  t.same(
    ["memory.max", "pids.max", "cpu.max"].map((name) => file(path, name)),
    [String(32 * MIB), "12", "10000 40000"],
  );
  await ok("pause");
  t.equal((await subject.state()).status, "paused");
  t.match(file(path, "cgroup.events"), /^frozen 1$/m);
  await ok("resume");
  const executed = await subject.exec(["sh", "-c", "cat /proc/self/cgroup; exit 7"]);
  t.same([executed.code, executed.stdout], [7, "0::/\n"]);
  t.equal((await subject.exec(["sleep", "1002"], ["-d"])).code, 0);
  await until("three are there", () => processesIn(path).length === 3);
  t.same(
    JSON.parse(await ok("ps", "--format", "json")),
    processesIn(path).sort((a, b) => a - b),
  );
  const { data } = JSON.parse(await ok("events", "--stats"));
  t.match(data, { pids: { current: 3, limit: 12 }, memory: { usage: { limit: 32 * MIB } } });
  t.equal((await subject.kill("KILL", ["--all"])).code, 0);
  await until("it has stopped", async () => (await subject.state()).status === "stopped", 60);
  await ok("delete");
  t.notOk(existsSync(path));
});

test("the container may make cgroups below its own, and delete removes them", { skip }, async (t) => {
  const script =
    "cd /sys/fs/cgroup && mkdir inner && echo 0 > inner/cgroup.procs && echo +pids > cgroup.subtree_control && " +
    "echo 5 > inner/pids.max && echo made; exec sleep 1000";
  const mount = {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["nosuid", "noexec", "rw"],
  };
  const subject = await running(t, { process: { args: ["sh", "-c", script] }, mounts: [...MOUNTS, mount] });
  await until("they are made", () => subject.stdout.includes("made") || subject.stderr !== "");
  t.equal(subject.stderr, "");
  const inner = await directory(subject);
  t.match(inner, /\/inner$/);
  t.equal(file(inner, "pids.max"), "5");
  t.equal(statSync(inner).uid, uid);
  t.equal((await subject.exec(["true"])).code, 0, "exec goes where a process can be");
  t.equal((await subject.delete("--force")).code, 0);
  t.notOk(existsSync(join(inner, "..")));
});

test("a cgroup outside of what is delegated is refused, and nothing is left", {
  skip: skip || (MANAGER === "systemd" && "for the cgroupfs cgroup manager"),
}, async (t) => {
  const subject = container(t);
  const other = container(t, { linux: { cgroupsPath: `/${subject.id}` } });
  const { code } = await other.create();
  t.equal(code, 1);
  t.match(other.stderr, /create the container's cgroup: mkdirat?\(.*\): EACCES/);
  t.same(await other.remains(), []);
});

test("the user's systemd that is not there is an error", {
  skip: skip || (MANAGER === "cgroupfs" && "for the systemd cgroup manager"),
}, async (t) => {
  const subject = container(t);
  const env = { PATH: process.env.PATH ?? "", XDG_RUNTIME_DIR: "/run/user/4711" };
  const { code } = await subject.create([], { env });
  t.equal(code, 1);
  t.match(subject.stderr, /ask the user's systemd at unix:path=\/run\/user\/4711\/bus: .*No such file or directory/);
  t.same(await subject.remains(), []);
});
