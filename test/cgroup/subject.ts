/** Cgroups for the tests, made by lib/cgroup in the engine, and taken away however the test ends. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import type { Batch } from "../../lib/cgroup/plan.ts";
import type { Join } from "../../lib/cgroup/record.ts";
import type { Resources } from "../../lib/config/schema.ts";
import type { CgroupRecord } from "../../lib/spec/cgroup-record.ts";
import { program } from "../seccomp/compiler.ts";
import { VERSION } from "../support/cgroup.ts";
import { cgroupsNamed, processesIn, until } from "../support/host.ts";
import { uniqueName } from "../support/scratch.ts";

/** For `skip` of a test that makes cgroups of a version. */
export function unless(version: 1 | 2): string | false {
  if (process.getuid?.() !== 0) return "needs root";
  return VERSION === version ? false : `needs cgroup v${version}`;
}

let cgroup = "";

/** Builds the program that `call` runs. */
export async function build(): Promise<void> {
  cgroup = await program(new URL("cgroup-main.ts", import.meta.url));
}

/** Calls a function of lib/cgroup. @throws what it threw, as the user reads it */
export function call<T>(name: string, ...args: unknown[]): T {
  const { stdout, stderr, status } = spawnSync(cgroup, [name, JSON.stringify(args)]);
  if (status !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString());
}

export interface Created {
  readonly record: CgroupRecord;
  readonly join: Join;
  readonly afterInit: readonly Batch[];
}

/** A cgroup that is gone, with its processes, when the test ends. */
export class Cgroup {
  readonly name = uniqueName();
  readonly path = `/${this.name}`;
  readonly children: ChildProcess[] = [];

  constructor(t: Test) {
    t.teardown(() => this.clear());
  }

  create(resources: Resources = {}, cgroupsPath = this.path): Created {
    return call("createCgroup", call("placeCgroup", this.name, cgroupsPath), { cgroupsPath, resources });
  }

  /** Starts a program that joins as init does. */
  async start({ tasks, unified }: Pick<Join, "tasks" | "unified">, script = "exec sleep 60"): Promise<number> {
    const files = unified === undefined ? tasks : [...tasks, `${unified}/cgroup.procs`];
    const child = spawn("sh", ["-c", `for file; do echo 0 > $file || exit; done; echo; ${script}`, "sh", ...files]);
    this.children.push(child);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    return child.pid as number;
  }

  private async clear(): Promise<void> {
    const paths = cgroupsNamed(this.name);
    for (const path of paths) {
      const state = join(path, "freezer.state");
      if (existsSync(state)) writeFileSync(state, "THAWED");
    }
    await until("the cgroups are empty", () => {
      const pids = new Set(paths.flatMap(processesIn));
      for (const pid of pids) spawnSync("kill", ["-KILL", `${pid}`]);
      return pids.size === 0;
    });
    for (const path of paths) rmdirSync(path);
    for (const child of this.children) child.kill("SIGKILL");
  }
}

/** What a file of the container's cgroup says, without the newline. */
export function value({ paths }: CgroupRecord, controller: string, file: string): string {
  return readFileSync(join(paths[controller] as string, file), "utf8").trim();
}
