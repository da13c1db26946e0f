/** pause and resume: nothing in the container runs meanwhile, and what the other commands say of it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { background } from "../support/background.ts";
import { MOUNTS, namespacesBut } from "../support/bundle.ts";
import { cgroupDirectory, VERSION } from "../support/cgroup.ts";
import { type Container, container } from "../support/container.ts";
import { alive, cgroupsNamed, pause, processesIn, read, until } from "../support/host.ts";

/** Counts in a file for as long as it runs. */
const COUNTS = (it: Container) => ({
  process: { args: ["sh", "-c", "i=0; while :; do i=$((i+1)); echo $i > /mnt/count; usleep 1000; done"] },
  mounts: [...MOUNTS, { destination: "/mnt", source: it.folder("shared"), options: ["bind"] }],
});

const count = (it: Container) => Number(read(join(it.directory, "shared/count")));

test("a paused container stands still, says so, and goes on", async (t) => {
  const subject = container(t, COUNTS);
  await subject.create();
  await subject.start();
  await until("it counts", () => count(subject) > 3, 60);
  t.same(await subject.command("pause"), { code: 0, stdout: "", stderr: "" });
  t.equal((await subject.state()).status, "paused");
  const before = readFileSync(join(subject.directory, "shared/count"), "utf8");
  await pause(100);
  t.equal(readFileSync(join(subject.directory, "shared/count"), "utf8"), before);
  t.same(await subject.command("resume"), { code: 0, stdout: "", stderr: "" });
  t.equal((await subject.state()).status, "running");
  await until("it counts on", () => count(subject) > Number(before) + 3);
});

const REFUSALS: readonly { in: string; command: string; says: string; reach: (it: Container) => Promise<unknown> }[] = [
  { in: "running", command: "resume", says: "container not paused", reach: (it) => it.start() },
  { in: "created", command: "resume", says: "container not paused", reach: async () => {} },
  {
    in: "paused",
    command: "pause",
    says: "container not running",
    reach: async (it) => [await it.start(), await it.command("pause")],
  },
  {
    in: "paused",
    command: "start",
    says: "cannot start a container that is paused",
    reach: (it) => it.command("pause"),
  },
  {
    in: "paused",
    command: "delete",
    says: "that is not stopped: paused",
    reach: async (it) => [await it.start(), await it.command("pause")],
  },
  { in: "stopped", command: "pause", says: "container not running", reach: ended },
  { in: "stopped", command: "resume", says: "container not paused", reach: ended },
];

async function ended(it: Container): Promise<void> {
  await it.kill("KILL");
  await until("it has stopped", async () => (await it.state()).status === "stopped", 60);
}

for (const { in: status, command, says, reach } of REFUSALS) {
  test(`${command} of a ${status} container: ${says}`, async (t) => {
    const subject = container(t, { process: { args: ["sleep", "60"] } });
    await subject.create();
    await reach(subject);
    const { code, stderr } = await subject.command(command);
    t.equal(code, 1);
    t.match(stderr, says);
    t.equal((await subject.state()).status, status);
  });
}

test("pause and resume of a container that does not exist", async (t) => {
  const subject = container(t);
  for (const command of ["pause", "resume"]) {
    t.same(await subject.command(command), { code: 1, stdout: "", stderr: "container does not exist\n" });
  }
});

test("a created container can be paused, and started when it is resumed", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.create();
  t.equal((await subject.command("pause")).code, 0);
  t.equal((await subject.command("resume")).code, 0);
  t.equal((await subject.state()).status, "created");
  t.equal((await subject.start()).code, 0);
});

test("a container without a cgroup can't be paused", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.command("--cgroup-manager=disabled", ["create", "--bundle", subject.bundle]);
  const { code, stderr } = await subject.command("pause");
  t.equal(code, 1);
  t.match(stderr, "made without a cgroup");
});

test("SIGKILL takes effect on a paused container; another signal when it is resumed", async (t) => {
  const killed = container(t, { process: { args: ["sleep", "60"] } });
  await killed.create();
  await killed.start();
  await killed.command("pause");
  t.equal((await killed.kill("KILL")).code, 0);
  await until("it has stopped", async () => (await killed.state()).status === "stopped", 60);

  const asked = container(t, { process: { args: ["sh", "-c", "trap 'exit 0' TERM; while :; do usleep 1000; done"] } });
  await asked.create();
  await asked.start();
  const { pid } = await asked.state();
  await asked.command("pause");
  t.equal((await asked.kill("TERM")).code, 0);
  await pause(50);
  t.ok(alive(pid));
  t.equal((await asked.state()).status, "paused");
  await asked.command("resume");
  await until("it has stopped", async () => (await asked.state()).status === "stopped", 60);
});

/** With a writable freezer a container can do so itself. */
for (const { name, act } of [
  { name: "kill", act: (it: Container) => it.kill("KILL") },
  { name: "kill --all", act: (it: Container) => it.kill("KILL", ["--all"]) },
  { name: "delete --force", act: (it: Container) => it.delete("--force") },
]) {
  for (const shares of [false, true]) {
    test(`${name} ends a container with a frozen cgroup below its own${shares ? ", without a pid namespace" : ""}`, async (t) => {
      const namespaces = shares ? { linux: { namespaces: namespacesBut("pid") } } : {};
      const subject = container(t, { process: { args: ["sh", "-c", "sleep 61 & exec sleep 60"] }, ...namespaces });
      await subject.create();
      await subject.start();
      const cgroup = cgroupDirectory(subject.id, "freezer");
      await until("both are there", () => processesIn(cgroup).length === 2, 60);
      const { pid } = await subject.state();
      const [child = 0] = processesIn(cgroup).filter((each) => each !== pid);
      mkdirSync(join(cgroup, "own/inner"), { recursive: true });
      writeFileSync(join(cgroup, "own/inner/cgroup.procs"), String(child));
      const [file, told] = VERSION === 1 ? ["freezer.state", "FROZEN"] : ["cgroup.freeze", "1"];
      writeFileSync(join(cgroup, "own", file), told);
      t.same(await act(subject), { code: 0, stdout: "", stderr: "" });
      await until("both have ended", () => !alive(pid) && !alive(child), 60);
    });
  }
}

test("delete --force ends a paused container", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.create();
  await subject.command("pause");
  t.equal((await subject.delete("--force")).code, 0);
  t.same(await subject.remains(), []);
});

test("a cgroup that is frozen when the first process has gone: delete lets the others end", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.create();
  await subject.start();
  const other = background(t, ["sleep", "1"]);
  const cgroups = cgroupsNamed(subject.id);
  for (const cgroup of cgroups) writeFileSync(join(cgroup, "cgroup.procs"), String(other.pid));
  await ended(subject);
  const freezers = cgroups.flatMap((cgroup) => [
    { file: join(cgroup, "freezer.state"), frozen: "FROZEN", thawed: "THAWED" },
    { file: join(cgroup, "cgroup.freeze"), frozen: "1", thawed: "0" },
  ]);
  const { file, frozen, thawed } = freezers.find(({ file }) => existsSync(file)) as (typeof freezers)[number];
  // Frozen, it could not be ended by the test either.
  t.teardown(() => existsSync(file) && writeFileSync(file, thawed));
  writeFileSync(file, frozen);
  const { code, stderr } = await subject.delete();
  t.equal(code, 0, stderr);
  t.same(await subject.remains(), []);
});
