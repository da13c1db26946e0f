/** `exec` and the container's cgroup: in it, below it, and while it is frozen. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { background } from "../support/background.ts";
import { cgroupPath } from "../support/cgroup.ts";
import { COMMAND, RUNT, run } from "../support/command.ts";
import { type Container, container, running } from "../support/container.ts";
import { alive, cgroupsNamed, hierarchies, pause, processesIn, until } from "../support/host.ts";

/** Makes a cgroup below the container's, in all hierarchies or in those that `only` names. */
function subCgroups({ id }: Container, name: string, only = /./): string[] {
  const made = cgroupsNamed(id)
    .filter((path) => path.endsWith(cgroupPath(id)) && only.test(path))
    .map((path) => join(path, name));
  for (const path of made) {
    mkdirSync(path);
    // A new cpuset of v1 has none, and takes no process.
    for (const file of ["cpuset.cpus", "cpuset.mems"].filter((each) => existsSync(join(path, each)))) {
      if (path.includes("/cpuset/")) writeFileSync(join(path, file), readFileSync(join(path, "..", file)));
    }
  }
  return made;
}

test("--cgroup is a cgroup below the container's, in every hierarchy", async (t) => {
  const subject = await running(t);
  const made = subCgroups(subject, "sub");
  t.ok(made.length > 0);
  for (const name of ["sub", "/sub", "./sub/"]) {
    t.equal((await subject.exec(["sleep", "1000"], ["-d", "--cgroup", name])).code, 0, name);
  }
  for (const path of made) t.equal(processesIn(path).length, 3, path);
  t.equal((await subject.exec(["sleep", "1000"], ["-d", "--cgroup", "/"])).code, 0);
  for (const path of made) t.equal(processesIn(path).length, 3, path);
});

const V1 = hierarchies().some(({ controllers }) => controllers.includes("memory"));

test("--cgroup CONTROLLER:PATH is for that hierarchy alone", { skip: V1 ? false : "no cgroup v1 here" }, async (t) => {
  const subject = await running(t);
  const made = subCgroups(subject, "sub", /memory|pids/);
  t.equal((await subject.exec(["sleep", "1000"], ["-d", "--cgroup", "memory,pids:sub"])).code, 0);
  for (const path of made) t.equal(processesIn(path).length, 1, path);
  const others = cgroupsNamed(subject.id).filter((path) => !/memory|pids/.test(path));
  for (const path of others) t.equal(processesIn(path).length, 2, path);
});

test("a paused container takes no exec, unless it may wait", async (t) => {
  const subject = await running(t);
  t.equal((await subject.command("pause")).code, 0);
  t.match(await subject.exec(["true"]), {
    code: 255,
    stderr: "exec failed: cannot exec in a paused container (use --ignore-paused to override)\n",
  });
  const args = ["--root", subject.root, "exec", "--ignore-paused", subject.id, "sh", "-c", "exit 8"];
  const waiting = background(t, [...COMMAND, ...args]);
  const interrupted = background(t, [...COMMAND, ...args]);
  await pause(300);
  t.equal(waiting.code, undefined, "it waits");
  interrupted.signal("SIGINT");
  // What it has made is frozen, and has its streams open until it is not.
  await until("it has been told not to", () => !alive(interrupted.pid));
  t.equal((await subject.command("resume")).code, 0);
  t.equal(await waiting.ended(), 8);
  await interrupted.ended();
});

test("without a cgroup of its own a container's exec stays in its caller's", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "1000"] } });
  const root = ["--root", subject.root, "--cgroup-manager", "disabled"];

  t.equal((await run([RUNT, ...root, "run", "-d", "--bundle", subject.bundle, subject.id])).code, 0);
  t.equal((await subject.exec(["true"])).code, 0);
  t.match(await subject.exec(["true"], ["--cgroup", "sub"]), { code: 255, stderr: /has no cgroup/ });
});
