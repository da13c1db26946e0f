/** Cgroups that are given to a user, as a service manager gives them: in each hierarchy one, and a leaf for the user's own processes. */
import { chownSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { cgroupsNamed, hierarchies, until } from "./host.ts";
import { uniqueName } from "./scratch.ts";
import { USER } from "./unprivileged.ts";

export interface Delegated {
  /** Its name, below the root of each hierarchy. */
  readonly name: string;
  /** Its directories. */
  readonly directories: readonly string[];
  /** Shell commands of root's that put the shell into the leaf: for `unprivileged`. */
  readonly enter: string;
}

/** Cgroups of the user's for the test `t`, gone when that ends. */
export function delegated(t: Test): Delegated {
  const name = uniqueName();
  const directories = hierarchies().map(({ path }) => join(path, name));
  for (const directory of directories) {
    for (const path of [directory, join(directory, "own")]) {
      mkdirSync(path);
      fillCpuset(path);
      for (const file of ["", ...readdirSync(path).filter((file) => DELEGATED.includes(file))])
        chownSync(join(path, file), USER, USER);
    }
  }
  t.teardown(() =>
    until(`the cgroups ${name} are gone`, () => {
      for (const path of cgroupsNamed(name)) remove(path);
      return cgroupsNamed(name).length === 0;
    }),
  );
  const enter = directories.map((directory) => `echo $$ > ${directory}/own/cgroup.procs`).join("\n");
  return { name, directories, enter };
}

const DELEGATED = ["cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "tasks"];

/** Without processors and memory no process can be in a cpuset of v1. */
function fillCpuset(path: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    try {
      if (readFileSync(join(path, file), "utf8") === "\n")
        writeFileSync(join(path, file), readFileSync(join(path, "..", file)));
    } catch {
      // Another hierarchy.
    }
  }
}

function remove(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch {
    // Its last process is still ending.
  }
}
