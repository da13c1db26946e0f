/** What a limit of v2 changes above the container's cgroup on a hybrid host, and that it is changed back. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { withoutController } from "../support/cgroup.ts";
import { cgroupsNamed, hierarchies, read } from "../support/host.ts";
import { uniqueName } from "../support/scratch.ts";
import { build, Cgroup, call, unless } from "./subject.ts";

const unified = hierarchies().find(({ version }) => version === 2)?.path ?? "";
const isBorrowed = withoutController("hugetlb", "") && read(join(unified, "cgroup.controllers")).includes("hugetlb");
const skip = unless(1) || (isBorrowed ? false : "needs a hybrid host whose hugetlb controller is v2's");

if (!skip) await build();

/** 2 MB pages are `2MB` here, whatever the machine has besides. */
const size = (read("/proc/meminfo").match(/Hugepagesize: +(\d+) kB/)?.[1] ?? "2048") === "2048" ? "2MB" : "1GB";
const resources = { hugepageLimits: [{ pageSize: size, limit: 1 << 30 }] };

/** A cgroup for the containers of one test, in v2's hierarchy and wherever they make it. */
function parentOf(t: Test): string {
  const name = uniqueName();
  t.teardown(() => {
    for (const path of cgroupsNamed(name)) rmdirSync(path);
  });
  return name;
}

const passedDown = (name: string) => readFileSync(join(unified, name, "cgroup.subtree_control"), "utf8").trim();

test("a controller is passed down while a container has a limit of it", { skip }, async (t) => {
  const parent = parentOf(t);
  const [one, other] = [new Cgroup(t), new Cgroup(t)];
  const first = one.create(resources, `/${parent}/first`);
  t.equal(passedDown(parent), "hugetlb");
  const second = other.create(resources, `/${parent}/second`);
  await other.start(second.join);
  call("removeCgroup", first.record);
  t.equal(passedDown(parent), "hugetlb", "the second container has a limit");
  call("killAll", second.record);
  call("removeCgroup", second.record);
  t.equal(passedDown(parent), "");
});

test("what somebody else has had passed down stays", { skip }, async (t) => {
  const parent = parentOf(t);
  // Of what makes it possible, above, nothing is taken back meanwhile.
  const { record: above } = new Cgroup(t).create(resources, `/${uniqueName()}`);
  mkdirSync(join(unified, parent));
  writeFileSync(join(unified, parent, "cgroup.subtree_control"), "+hugetlb");
  const { record } = new Cgroup(t).create(resources, `/${parent}/inner`);
  call("removeCgroup", record);
  t.notOk(existsSync(join(unified, parent, "inner")));
  t.equal(passedDown(parent), "hugetlb");
  call("removeCgroup", above);
});

test("a limit that is refused leaves nothing passed down", { skip }, async (t) => {
  const parent = parentOf(t);
  mkdirSync(join(unified, parent));
  const wrong = { ...resources, unified: { "no.such": "1" } };
  t.throws(() => new Cgroup(t).create(wrong, `/${parent}/inner`), /unified\.no\.such/);
  t.equal(passedDown(parent), "");
});
