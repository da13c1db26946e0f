/** A container that may write to its cgroups and keeps CAP_SYS_ADMIN: it stops no command of the runtime's, and hides nothing from it. */
import { type Test, test } from "tap";
import { attacker } from "../support/attacker.ts";
import { type Config, namespacesBut } from "../support/bundle.ts";
import type { Container } from "../support/container.ts";
import { alive, pause, until } from "../support/host.ts";

/** The pids that `ps` finds. */
async function found(subject: Container): Promise<number[]> {
  const { stdout, stderr } = await subject.command("ps", ["--format", "json"]);
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout) ?? [];
}

/** Nothing stays of the container, cgroups that a name in UTF-8 can't be had of included: `delete` has said that they are gone. */
async function goesAway(t: Test, subject: Container): Promise<void> {
  const { code, stderr } = await subject.delete("--force");
  t.equal(code, 0, stderr);
  t.equal(stderr, "");
  t.same(await subject.remains(), []);
}

const SHARED: Config = { linux: { namespaces: namespacesBut("pid") } };

/** Where a container's processes hide, or what they do. */
const HIDING: Readonly<Record<string, string>> = {
  "freezes itself": "sleep 60 & echo ready; freeze $C || true; wait",
  "freezes itself in a cgroup of its own making":
    "mkdir $C/a $C/a/b; echo 0 > $C/a/b/cgroup.procs; sleep 60 & echo ready; freeze $C/a/b; wait",
  "freezes its first process again and again":
    "mkdir $C/a; echo 0 > $C/a/cgroup.procs; (echo 0 > $C/cgroup.procs; echo ready; while :; do freeze $C/a; done) & wait",
  "freezes a cgroup above the one that it is in":
    "mkdir $C/a $C/a/b; echo 0 > $C/a/b/cgroup.procs; sleep 60 & echo ready; freeze $C/a; wait",
  "is in a cgroup whose name is no UTF-8":
    'N=$C/$(printf "a\\377b"); mkdir "$N"; echo 0 > "$N/cgroup.procs"; sleep 60 & echo ready; wait',
  "is in a cgroup whose name has all other bytes":
    'N=$C/$(printf "\\"\\\\ \\t\\001\\177\\303\\251*"); mkdir "$N"; echo 0 > "$N/cgroup.procs"; sleep 60 & echo ready; wait',
  "takes all rights from its files":
    "mkdir $C/a; chmod 0 $C $C/a $C/cgroup.procs $C/a/cgroup.procs; chown -R 7:7 $C; sleep 60 & echo ready; wait",
  "makes and removes cgroups": "mkdir $C/a; probe churn $C/a & echo ready; exec sleep 60",
};

for (const [what, script] of Object.entries(HIDING)) {
  for (const [where, change] of Object.entries({ "": {}, " and shares the host's pids": SHARED })) {
    const attack = (t: Test) => attacker(t, script, change);

    test(`a container that ${what}${where} is deleted`, async (t) => goesAway(t, await attack(t)));

    test(`a container that ${what}${where} shows all its processes, and kill --all ends them`, async (t) => {
      const subject = await attack(t);
      await until("both are there", async () => (await found(subject)).length === 2);
      const pids = await found(subject);
      for (let n = 0; n < 10; ++n) t.equal((await found(subject)).length, 2, "each time");
      const { code, stderr } = await subject.kill("KILL", ["--all"]);
      t.equal(code, 0, stderr);
      await until("all have died", () => !pids.some(alive));
      await until("it has stopped", async () => (await subject.state()).status === "stopped");
      await goesAway(t, subject);
    });

    test(`a container that ${what}${where} dies of kill`, async (t) => {
      const subject = await attack(t);
      const { pid } = await subject.state();
      const { code, stderr } = await subject.kill("KILL");
      t.equal(code, 0, stderr);
      await until("it has died", () => !alive(pid));
      await goesAway(t, subject);
    });
  }
}

test("a process that can't be frozen keeps no other from being signalled", async (t) => {
  const script = 'trap "echo trapped" TERM; probe stuck & echo ready; while :; do sleep 0.1; done';
  const subject = await attacker(t, script, SHARED);
  await pause(200);
  const { code, stderr } = await subject.kill("TERM", ["--all"]);
  t.equal(code, 0, stderr);
  await until("it is trapped", () => subject.stdout.includes("trapped"));
  await goesAway(t, subject);
});

test("a process that can't be frozen does not keep the container from being killed", async (t) => {
  const subject = await attacker(t, "probe stuck & echo ready; exec sleep 60", SHARED);
  const pids = await found(subject);
  t.equal(pids.length, 2);
  const { code, stderr } = await subject.kill("KILL", ["--all"]);
  t.equal(code, 0, stderr);
  await until("all have died", () => !pids.some(alive));
  await goesAway(t, subject);
});

for (const [where, change] of Object.entries({ "": {}, " that shares the host's pids": SHARED })) {
  test(`a first process${where} whose first thread has ended lives`, async (t) => {
    const subject = await attacker(t, "echo ready; exec probe hollow", change);
    const { pid } = await subject.state();
    await until("it is a zombie", () => !alive(pid));
    t.match(await subject.state(), { status: "running", pid });
    t.same(await found(subject), [pid]);
    const refused = await subject.delete();
    t.not(refused.code, 0);
    t.match(refused.stderr, /not stopped: running/);
    t.equal((await subject.command("pause")).code, 0);
    t.equal((await subject.state()).status, "paused");
    t.equal((await subject.command("resume")).code, 0);
    t.equal((await subject.kill("KILL")).code, 0);
    await until("it has stopped", async () => (await subject.state()).status === "stopped");
    await goesAway(t, subject);
  });

  test(`a first process${where} whose first thread has ended is deleted by force`, async (t) => {
    const subject = await attacker(t, "echo ready; exec probe hollow", change);
    const { pid } = await subject.state();
    await until("it is a zombie", () => !alive(pid));
    await goesAway(t, subject);
  });
}
