/** config-linux.md § Cgroups Path: the container is in its cgroup on every hierarchy, and the cgroups go with it. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { cgroupsPathOf, MOUNTS, namespacesBut } from "../support/bundle.ts";
import { cgroupPath, unlessManager } from "../support/cgroup.ts";
import { container, refused } from "../support/container.ts";
import { cgroupsNamed, hierarchies, processesIn, read, until } from "../support/host.ts";
import { uniqueName } from "../support/scratch.ts";

/** The cgroup paths of a process, by hierarchy: `memory` → `/x`, the unified one as "". */
const membership = (pid: number) =>
  new Map(
    read(`/proc/${pid}/cgroup`)
      .trim()
      .split("\n")
      .map((line) => line.split(":").slice(1) as [string, string]),
  );

const waiting = { process: { args: ["sleep", "60"] } };

/** Removes the cgroups of `name` once the test has ended: parents of the container's, which are not the runtime's to remove. */
function removeLater(t: Test, name: string): void {
  t.teardown(() => {
    for (const path of cgroupsNamed(name)) rmdirSync(path);
  });
}

test("the process is in its cgroup on every hierarchy from create on, and its children are", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "sleep 60 & exec sleep 60"] } });
  t.equal((await subject.create()).code, 0);
  const { pid } = await subject.state();
  for (const [hierarchy, path] of membership(pid)) t.equal(path, cgroupPath(subject.id), hierarchy || "unified");
  await subject.start();
  for (const { path } of hierarchies()) {
    const cgroup = join(path, cgroupPath(subject.id));
    await until(`both are in ${cgroup}`, () => processesIn(cgroup).length === 2);
    t.ok(processesIn(cgroup).includes(pid), path);
  }
  for (const [hierarchy, path] of membership(process.pid))
    t.notMatch(path, subject.id, `the runtime's caller stays where it was: ${hierarchy}`);
});

test("delete removes the cgroups on every hierarchy", async (t) => {
  const subject = container(t);
  t.equal((await subject.create()).code, 0);
  t.equal(cgroupsNamed(subject.id).length, hierarchies().length);
  await subject.kill("KILL");
  await until("it has stopped", async () => (await subject.state()).status === "stopped");
  t.equal((await subject.delete()).code, 0);
  t.same(cgroupsNamed(subject.id), []);
});

const PATHS: readonly { name: string; path: (id: string) => string | undefined; ends: (id: string) => string }[] = [
  { name: "absolute", path: (id) => `/${id}`, ends: (id) => `/${id}` },
  { name: "nested", path: (id) => `/${id}/a/b`, ends: (id) => `/${id}/a/b` },
  { name: "relative", path: (id) => id, ends: (id) => `/${id}` },
  { name: "absent", path: () => undefined, ends: (id) => `/${id}` },
  { name: "empty", path: () => "", ends: (id) => `/${id}` },
  { name: "with a slash at its end", path: (id) => `/${id}/`, ends: (id) => `/${id}` },
];

for (const { name, path, ends } of PATHS) {
  test(`cgroupsPath is ${name}: the same for every container of that path`, {
    skip: unlessManager("cgroupfs"),
  }, async (t) => {
    const subject = container(t, (it) => ({ ...waiting, linux: { cgroupsPath: path(it.id) } }));
    const { code, stderr } = await subject.create();
    t.equal(code, 0, stderr);
    const { pid } = await subject.state();
    for (const [hierarchy, found] of membership(pid)) t.ok(found.endsWith(ends(subject.id)), `${hierarchy}: ${found}`);
    await subject.delete("--force");
    for (const cgroup of cgroupsNamed(subject.id)) {
      t.notOk(cgroup.endsWith(ends(subject.id)), `${cgroup} may stay: it is a parent`);
      rmdirSync(cgroup);
    }
  });
}

test("a path that climbs stays below the hierarchies", { skip: unlessManager("cgroupfs") }, async (t) => {
  const subject = container(t, (it) => ({ ...waiting, linux: { cgroupsPath: `/../../../../${it.id}` } }));
  const { code } = await subject.create();
  if (code === 0) for (const [, path] of membership((await subject.state()).pid)) t.equal(path, `/${subject.id}`);
  else t.pass("it is refused");
  t.notOk(existsSync(`/${subject.id}`));
});

test("inside a cgroup namespace the container's cgroup is the root", async (t) => {
  const subject = container(t, { process: { args: ["cat", "/proc/self/cgroup"] } });
  const { stdout } = await subject.run();
  for (const line of stdout.trim().split("\n")) t.match(line, /:\/$/);
  const without = container(t, {
    process: { args: ["cat", "/proc/self/cgroup"] },
    linux: { namespaces: namespacesBut("cgroup") },
  });
  for (const line of (await without.run()).stdout.trim().split("\n"))
    t.ok(line.endsWith(`:${cgroupPath(without.id)}`), line);
});

test("two containers one after the other may have the same path", async (t) => {
  const name = uniqueName();
  for (let turn = 0; turn < 3; turn++) {
    const subject = container(t, { linux: { cgroupsPath: cgroupsPathOf(name) } });
    t.equal((await subject.run()).code, 0);
  }
  t.same(cgroupsNamed(name), []);
});

const cgroupfs = { skip: unlessManager("cgroupfs") };

test("a cgroup that was there before is used, and what others have in it stays", cgroupfs, async (t) => {
  const parent = uniqueName();
  removeLater(t, parent);
  const other = background(t, ["sleep", "60"]);
  for (const { path, version } of hierarchies()) {
    mkdirSync(join(path, parent, "other"), { recursive: true });
    if (version === 2 || path.endsWith("pids"))
      writeFileSync(join(path, parent, "other", "cgroup.procs"), String(other.pid));
  }
  const subject = container(t, (it) => ({ ...waiting, linux: { cgroupsPath: `/${parent}/${it.id}` } }));
  t.equal((await subject.create()).code, 0);
  t.equal((await subject.delete("--force")).code, 0);
  t.equal(other.code, undefined, "the neighbour lives");
  for (const { path } of hierarchies()) {
    t.ok(existsSync(join(path, parent, "other")), `${path}: the neighbour's cgroup stays`);
    t.notOk(existsSync(join(path, parent, subject.id)));
  }
  other.signal("SIGKILL");
  await other.ended();
});

test("cgroups that the container made below its own go too", async (t) => {
  const subject = container(t, (it) => {
    const source = hierarchies().find(({ path, version }) => version === 2 || path.endsWith("pids"))?.path;
    const script = `mkdir -p /mnt${cgroupPath(it.id)}/inner/deep && echo made && sleep 60`;
    const bind = { destination: "/mnt", source, options: ["bind"] };
    return { process: { args: ["sh", "-c", script] }, mounts: [...MOUNTS, bind] };
  });
  t.equal((await subject.create()).code, 0);
  await subject.start();
  await until("it has made them", () => subject.stdout.includes("made"));
  t.equal((await subject.delete("--force")).code, 0);
  t.same(await subject.remains(), []);
});

test("a failed create leaves no cgroup", async (t) => {
  await refused(t, { process: { args: ["/no/such/program"] } });
  await refused(t, (it) => ({
    mounts: [{ destination: "/x", source: join(it.directory, "missing"), options: ["bind"] }],
  }));
});

test("cgroup v2 alone", {
  skip: hierarchies().some(({ version }) => version === 1) && "this host has v1: runs where /sys/fs/cgroup is cgroup2",
}, async (t) => {
  const subject = container(t, waiting);
  t.equal((await subject.create()).code, 0);
  t.same([...membership((await subject.state()).pid)], [["", cgroupPath(subject.id)]]);
});

test("of containers that are made in one place at the same time one gets it", {
  skip: unlessManager("cgroupfs"),
}, async (t) => {
  const name = uniqueName();
  const rivals = Array.from({ length: 4 }, () => container(t, { ...waiting, linux: { cgroupsPath: `/${name}` } }));
  const codes = await Promise.all(rivals.map(async (rival) => (await rival.create()).code));
  t.same(codes.toSorted(), [0, 1, 1, 1]);
  for (const [index, rival] of rivals.entries()) {
    if (codes[index] === 0) t.equal((await rival.state()).status, "created");
    else t.match(rival.stderr, /cgroup .* is (not empty: 1 process|about to be another container's)/);
  }
});

test("a place that another command has just taken is not taken", { skip: unlessManager("cgroupfs") }, async (t) => {
  const subject = container(t, waiting);
  const places = hierarchies().map(({ path }) => join(path, cgroupPath(subject.id)));
  for (const path of places) mkdirSync(path);
  const locks = places.flatMap((path) => ["flock", "--no-fork", path]);
  const other = background(t, [...locks, "sh", "-c", "echo taken; exec sleep 60"]);
  await other.says(/taken/);
  t.equal((await subject.create()).code, 1);
  t.match(subject.stderr, /cgroup .* is about to be another container's/);
  t.ok(
    places.every((path) => existsSync(path)),
    "what was there stays",
  );
  for (const path of places) rmdirSync(path);
});
