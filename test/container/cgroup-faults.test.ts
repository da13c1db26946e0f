/** What happens when the cgroups are not as a container left them, or the host lacks some: clear errors, and nothing left. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Test, test } from "tap";
import { namespacesBut } from "../support/bundle.ts";
import { cgroupDirectory, cgroupFile, unlessManager, VERSION, withoutController } from "../support/cgroup.ts";
import { MANAGER, runt } from "../support/command.ts";
import { type Container, container, list } from "../support/container.ts";
import { cgroupsNamed, hierarchies, processesIn, read, until } from "../support/host.ts";
import { uniqueName } from "../support/scratch.ts";
import { strace } from "../support/strace.ts";

const WAITING = { process: { args: ["sleep", "1000"] } };

async function ended(subject: Container): Promise<void> {
  await until("it has stopped", async () => (await subject.state()).status === "stopped", 60);
}

/** Moves the container's processes to other cgroups, and removes its own. */
function takeCgroups(t: Test, subject: Container): void {
  for (const path of cgroupsNamed(subject.id)) {
    const refuge = VERSION === 1 ? dirname(path) : join(dirname(path), uniqueName());
    if (VERSION === 2) {
      mkdirSync(refuge);
      t.teardown(() => until("it is empty", () => processesIn(refuge).length === 0, 60).then(() => rmdirSync(refuge)));
    }
    for (const pid of processesIn(path)) writeFileSync(join(refuge, "cgroup.procs"), String(pid));
    try {
      rmdirSync(path);
    } catch (error) {
      // systemd removes the cgroup of a scope that is empty.
      if (existsSync(path)) throw error;
    }
  }
}

test("a container whose cgroups somebody has removed can be asked, killed and deleted", async (t) => {
  const subject = container(t, WAITING);
  await subject.create();
  await subject.start();
  const { pid } = await subject.state();
  takeCgroups(t, subject);
  t.equal((await subject.state()).status, "running");
  const cgroup = `cgroup /.*${subject.id}`;
  for (const [command, args, message] of [
    ["ps", [], `the container runs, but not in its ${cgroup}`],
    ["ps", ["--format", "json"], `the container runs, but not in its ${cgroup}`],
    ["pause", [], `the container's ${cgroup}.* is gone: .*ENOENT`],
    ["update", ["--pids-limit", "5"], `set linux.resources.pids.limit: .*ENOENT|the container's ${cgroup}.* is gone`],
  ] as const) {
    const { code, stderr } = await subject.command(command, args);
    t.equal(code, 1, command);
    t.match(stderr, new RegExp(message));
  }
  t.equal((await subject.command("events", ["--stats"])).code, 0);
  t.match((await subject.command("resume")).stderr, "container not paused");
  t.equal((await subject.kill("KILL")).code, 0);
  await ended(subject);
  t.notOk(existsSync(`/proc/${pid}`) && /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`)));
  t.equal((await subject.delete()).code, 0);
});

test("kill --all reaches a container whose cgroups somebody has removed", async (t) => {
  const subject = container(t, WAITING);
  await subject.create();
  await subject.start();
  takeCgroups(t, subject);
  t.same(await subject.kill("KILL", ["--all"]), { code: 0, stdout: "", stderr: "" });
  await ended(subject);
});

test("without the cgroup that knows processes best another one tells", {
  skip: VERSION === 2 && "for cgroup v1: this host has one hierarchy",
}, async (t) => {
  const subject = container(t, WAITING);
  await subject.create();
  await subject.start();
  const { pid } = await subject.state();
  const freezer = cgroupDirectory(subject.id, "freezer");
  writeFileSync(join(dirname(freezer), "cgroup.procs"), String(pid));
  rmdirSync(freezer);
  t.same(await subject.command("ps", ["--format", "json"]), { code: 0, stdout: `[${pid}]\n`, stderr: "" });
  t.match((await subject.command("pause")).stderr, `the container's cgroup ${freezer} is gone`);
});

test("below a frozen cgroup create, start and exec say so, and leave nothing", {
  skip: unlessManager("cgroupfs"),
}, async (t) => {
  const above = uniqueName();
  const parent = join(cgroupDirectory("", "freezer"), above);
  mkdirSync(parent);
  t.teardown(() => {
    for (const path of cgroupsNamed(above)) rmdirSync(path);
  });
  const tell = (isFrozen: boolean) => {
    const [file, frozen, thawed] = VERSION === 1 ? ["freezer.state", "FROZEN", "THAWED"] : ["cgroup.freeze", "1", "0"];
    writeFileSync(join(parent, file as string), String(isFrozen ? frozen : thawed));
  };
  const place = (it: Container) => ({ ...WAITING, linux: { cgroupsPath: `/${above}/${it.id}` } });
  tell(true);
  const subject = container(t, place);
  t.equal((await subject.create()).code, 1);
  t.match(subject.stderr, "a cgroup above the container's is frozen: nothing could run in it");
  t.same(await subject.remains(), []);
  tell(false);
  const other = container(t, place);
  t.equal((await other.create()).code, 0);
  tell(true);
  const frozen = join(parent, other.id, VERSION === 1 ? "freezer.state" : "cgroup.events");
  await until("it is frozen", () => /FROZEN|frozen 1/.test(read(frozen)), 60);
  t.match((await other.start()).stderr, "cannot start a container below a cgroup that is frozen");
  t.match((await other.exec(["true"])).stderr, "cannot exec in a container below a cgroup that is frozen");
  t.equal((await other.state()).status, "created");
  tell(false);
  t.equal((await other.start()).code, 0);
});

test("a cgroup that goes just while it is asked is gone", async (t) => {
  const subject = container(t, WAITING);
  await subject.create();
  await subject.start();
  const file = cgroupFile(subject.id, { v1: "freezer/freezer.self_freezing", v2: "cgroup.freeze" });
  const removed = strace("/dev/null", false, "-P", file, "-e", "inject=openat:error=ENODEV");
  const { code, stdout, stderr } = await subject.command("state", [], { launcher: removed });
  t.equal(code, 0, stderr);
  t.equal(JSON.parse(stdout).status, "running");
});

test("kill --all reaches what is left when the first process has ended", async (t) => {
  const script = "trap '' TERM; sleep 61 & sleep 62 & exec sleep 63";
  const subject = container(t, {
    process: { args: ["sh", "-c", script] },
    linux: { namespaces: namespacesBut("pid") },
  });
  await subject.create();
  await subject.start();
  const pids = async (): Promise<number[]> =>
    JSON.parse((await subject.command("ps", ["--format", "json"])).stdout) ?? [];
  await until("all are there", async () => (await pids()).length === 3, 60);
  const { pid } = await subject.state();
  process.kill(pid, "SIGKILL");
  await ended(subject);
  t.equal((await pids()).length, 2, "the others live on");
  t.equal((await subject.kill("TERM", ["--all"])).code, 0, "they ignore it");
  t.match((await subject.kill("KILL")).stderr, "container not running");
  t.equal((await subject.kill("KILL", ["--all"])).code, 0);
  await until("all have ended", async () => (await pids()).length === 0, 60);
  t.equal((await subject.kill("KILL", ["--all"])).code, 0, "nobody is left, and that is no error");
  t.equal((await subject.delete()).code, 0);
});

test("delete removes cgroups below the container's, with processes in them that outlived the first", async (t) => {
  const subject = container(t, { ...WAITING, linux: { namespaces: namespacesBut("pid") } });
  await subject.create();
  await subject.start();
  for (const path of cgroupsNamed(subject.id)) mkdirSync(join(path, "a/b"), { recursive: true });
  await subject.kill("KILL");
  await ended(subject);
  t.equal((await subject.delete()).code, 0);
  t.same(cgroupsNamed(subject.id), []);
});

test("a cgroup that stays busy is told, and delete works once it is not", {
  // systemd removes a scope with its last process.
  skip: unlessManager("cgroupfs"),
}, async (t) => {
  const subject = container(t, WAITING);
  await subject.create();
  await subject.kill("KILL");
  await ended(subject);
  const [path = ""] = cgroupsNamed(subject.id).filter((one) => VERSION === 2 || one.includes("/pids/"));
  const stranger = spawn("sleep", ["60"]);
  writeFileSync(join(path, "cgroup.procs"), String(stranger.pid));
  const { code, stderr } = await subject.delete();
  t.equal(code, 1);
  t.match(stderr, new RegExp(`remove cgroup ${path}: there are still processes in it: ${stranger.pid}`));
  t.equal((await subject.state()).status, "stopped", "the state stays for another try");
  stranger.kill("SIGKILL");
  await until("it has ended", () => stranger.signalCode !== null, 60);
  t.equal((await subject.delete()).code, 0);
});

/** Runs runt in a mount namespace in which `script` has changed the cgroup mounts. */
const where = (script: string) => ["unshare", "--mount", "sh", "-ec", `${script}\nexec "$@"`, "sh"];

test("a controller that is not mounted is missed by the limit that needs it, by name", {
  skip: VERSION === 2 ? "for cgroup v1: this host has v2" : withoutController("pids", "pids"),
}, async (t) => {
  const launcher = where("umount /sys/fs/cgroup/pids");
  const limited = container(t, { ...WAITING, linux: { resources: { pids: { limit: 5 } } } });
  const { code, stderr } = await limited.create([], { launcher });
  t.equal(code, 1);
  t.match(
    `${stderr}${limited.stderr}`,
    "linux.resources.pids.limit needs the pids controller, which this host does not have",
  );
  t.same(await limited.remains(), []);
  const unlimited = container(t, WAITING);
  t.equal((await unlimited.create([], { launcher })).code, 0);
  t.notOk(cgroupsNamed(unlimited.id).some((path) => path.includes("/pids/")));
});

test("a controller that the cgroup above does not pass down is missed by the limit that needs it", {
  skip: (VERSION === 1 && "for cgroup v2: this host has v1") || unlessManager("cgroupfs"),
}, async (t) => {
  const above = cgroupDirectory(uniqueName(), "");
  mkdirSync(above);
  const stranger = spawn("sleep", ["60"]);
  writeFileSync(join(above, "cgroup.procs"), String(stranger.pid));
  t.teardown(async () => {
    stranger.kill("SIGKILL");
    await until("it has ended", () => stranger.signalCode !== null, 60);
    rmdirSync(above);
  });
  const cgroupsPath = `${above.slice("/sys/fs/cgroup".length)}/inner`;
  const subject = container(t, { ...WAITING, linux: { cgroupsPath, resources: { memory: { limit: 1 << 26 } } } });
  const { code } = await subject.create();
  t.equal(code, 1);
  t.match(subject.stderr, /memory\.limit can't be set in .*: the memory controller is not available there/);
  t.notOk(existsSync(join(above, "inner")));
});

test("on a read-only cgroup file system create says what it can't make, and leaves nothing", async (t) => {
  const mounts = hierarchies().map(({ path }) => `mount -o remount,ro,bind ${path}`);
  // systemd makes the directory, and a limit that it has no word for is runt's to write.
  const subject = container(t, { ...WAITING, linux: { resources: { cpu: { quota: 20_000, burst: 5000 } } } });
  const { code, stderr } = await subject.create([], { launcher: where(mounts.join("\n")) });
  t.equal(code, 1);
  t.match(`${stderr}${subject.stderr}`, /create the container's cgroup: .*EROFS: read-only file system/);
  t.same(await subject.remains(), []);
  t.notOk(existsSync(join(subject.root, subject.id)));
});

test("without any cgroup file system create says so, and --cgroup-manager disabled does without", async (t) => {
  const launcher = where("umount --recursive /sys/fs/cgroup");
  const subject = container(t, WAITING);
  const { code, stderr } = await subject.create([], { launcher });
  t.equal(code, 1);
  t.match(`${stderr}${subject.stderr}`, /no cgroup hierarchy is mounted below \/sys\/fs\/cgroup|\/sys\/fs\/cgroup/);
  t.same(await subject.remains(), []);
  const without = await runt(
    ["--root", subject.root, "--cgroup-manager", "disabled", "run", "--bundle", subject.bundle, "-d", subject.id],
    { launcher },
  );
  t.equal(without.code, 0, without.stderr);
});

test("200 containers in one parent", { timeout: 280_000 }, async (t) => {
  const parent = MANAGER === "systemd" ? `${uniqueName().replaceAll("-", "_")}.slice` : uniqueName();
  const place = (id: string) => (MANAGER === "systemd" ? `${parent}:runt:${id}` : `/${parent}/${id}`);
  const first = container(t, WAITING);
  const ids = Array.from({ length: 200 }, (_, n) => `${first.id}-${n}`);
  const { linux } = first.config as { linux: object };
  const begin = async (id: string): Promise<void> => {
    const bundle = first.folder(`bundles/${id}`);
    const config = { ...first.config, linux: { ...linux, cgroupsPath: place(id) } };
    writeFileSync(join(bundle, "config.json"), JSON.stringify(config));
    const { code, stderr } = await runt(["--root", first.root, "run", "-d", "--bundle", bundle, id], {
      timeout: 120_000,
    });
    if (code !== 0) t.fail(stderr);
  };
  t.teardown(async () => {
    for (const path of cgroupsNamed(parent)) rmdirSync(path);
  });
  const queue = [...ids];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await begin(id);
    }),
  );
  const { stdout } = await runt(["--root", first.root, "list", "--format", "json"], { timeout: 120_000 });
  const entries: { status: string }[] = JSON.parse(stdout);
  t.equal(entries.length, 200);
  t.ok(entries.every(({ status }) => status === "running"));
  const directory = join(cgroupDirectory("", VERSION === 1 ? "pids" : ""), parent);
  t.equal(list(directory).filter((name) => name.includes(first.id)).length, 200);
  const removed = await runt(["--root", first.root, "delete", "--force", "--regex", `^${first.id}`], {
    timeout: 240_000,
  });
  t.same(removed, { code: 0, stdout: "", stderr: "" });
  t.same(cgroupsNamed(first.id), []);
  t.equal((await runt(["--root", first.root, "list", "--quiet"])).stdout, "");
});
