/** config-linux.md § Control groups: where a container is, and what is set there. */
import { equal, match, notEqual, ok } from "node:assert/strict";
import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { type Config, MOUNTS } from "../test/support/bundle.ts";
import { hierarchies, read } from "../test/support/host.ts";
import { DELETE, OTHERS } from "./delete.ts";
import { leadsTo, reads } from "./support/asks.ts";
import { must, skip } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const PATH = "config-linux.md § Cgroups Path";

/** Whether the machine has cgroup v2 alone: what is hybrid is v1 to this suite. */
export const isV2 = (): boolean => existsSync("/sys/fs/cgroup/cgroup.controllers");

/** Where the hierarchy of a v1 controller is mounted, or that of v2. */
function mountOf(controller: string): string {
  const found = hierarchies().find(({ version, controllers }) =>
    isV2() ? version === 2 : controllers.includes(controller),
  );
  return found?.path ?? skip(`no hierarchy has the ${controller} controller`);
}

/** The directory of the container's process in the hierarchy of a v1 controller, or in that of v2. */
export async function directory(c: Subject, controller: string): Promise<string> {
  const { pid } = await c.state();
  const lines = read(`/proc/${pid}/cgroup`)
    .split("\n")
    .map((line) => line.split(":"));
  const own = lines.find(([number, names]) => (isV2() ? number === "0" : names?.split(",").includes(controller)));
  return join(mountOf(controller), own?.[2] ?? "");
}

must(
  "cgroups-path-absolute",
  PATH,
  "In the case of an absolute path (starting with /), the runtime MUST take the path to be relative to the cgroups mount point.",
  async (c) => {
    await c.running({}, { linux: { cgroupsPath: `/${c.id}/inner` } });
    match(await directory(c, "memory"), new RegExp(`/${c.id}/inner$`));
    equal(await directory(c, "memory"), join(mountOf("memory"), c.id, "inner"));
  },
);

must(
  "cgroups-path-relative-consistent",
  PATH,
  "the runtime MUST consistently attach to the same place in the cgroups hierarchy given the same value of cgroupsPath.",
  async (c) => {
    const change = { linux: { cgroupsPath: `${c.id}/relative` } };
    await c.running({}, change);
    const first = await directory(c, "memory");
    await c.stop();
    await c.succeed("delete", c.delete());
    await c.running({}, change);
    equal(await directory(c, "memory"), first);
    match(first, new RegExp(`${c.id}/relative$`));
  },
);

must(
  "cgroups-path-unset",
  PATH,
  "If the value is not specified, the runtime MAY define the default cgroups path.",
  async (c) => {
    await c.running({}, { linux: { cgroupsPath: undefined } });
    equal(await c.status(), "running");
  },
);

must("cgroups-made", PATH, "The cgroups will be created if they don't exist.", async (c) => {
  await c.running({}, { linux: { cgroupsPath: `/${c.id}/a/b` } });
  ok(existsSync(await directory(c, "pids")));
});

must(
  "cgroups-namespace-root",
  "config-linux.md § Namespaces",
  "cgroup: the container will have an isolated view of the cgroup hierarchy.",
  async (c) => {
    const { cgroups } = await c.ask({ cgroups: reads("/proc/self/cgroup") });
    ok(!cgroups.includes(c.id), cgroups);
  },
);

/** The mount that shows a container its cgroup. */
export const CGROUP = { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" };
export const FLAGS = ["nosuid", "noexec", "nodev"];

must(
  "cgroups-mount-shows-own",
  "config.md § Mounts",
  "mounts (array of objects, OPTIONAL) specifies additional mounts beyond root.",
  async (c) => {
    const path = isV2() ? "/sys/fs/cgroup/cgroup.procs" : "/sys/fs/cgroup/memory/cgroup.procs";
    const change = { mounts: [...MOUNTS, { ...CGROUP, options: [...FLAGS, "ro"] }] };
    const { pids } = await c.ask({ pids: reads(path) }, change);
    equal(pids.trim(), "1");
  },
);

must("cgroups-path-twice", DELETE, OTHERS, async (c) => {
  const first = c.other();
  const cgroupsPath = `/${c.id}-shared`;
  await first.running({}, { linux: { cgroupsPath } });
  // A runtime MAY refuse a cgroup that is not empty. One that takes it must leave the first container alone.
  c.prepare({ linux: { cgroupsPath } }, {}, "wait");
  const { code } = await c.create();
  if (code === 0) {
    await c.stop();
    await c.delete();
  }
  equal(await first.status(), "running");
});

must(
  "cgroups-without-resources",
  "config-linux.md § Cgroups Path",
  "to run a new process in an existing container without updating limits, resources need not be specified.",
  async (c) => {
    await c.running({}, { linux: { resources: undefined } });
    notEqual((await c.state()).pid, 0);
  },
);

/** A change with these resources. */
export const resources = (change: Config): Config => ({ linux: { resources: change } });

must("cgroups-parent-kept", DELETE, OTHERS, async (c) => {
  const parent = join(mountOf("memory"), `${c.id}-parent`);
  mkdirSync(parent);
  c.after(() => existsSync(parent) && rmdirSync(parent));
  await c.running({ link: leadsTo("/proc/self/cwd") }, { linux: { cgroupsPath: `/${c.id}-parent/child` } });
  await c.stop();
  await c.succeed("delete", c.delete());
  ok(existsSync(parent));
  ok(!existsSync(join(parent, "child")));
});
