/** What tests must not leave on the machine: looked for when all have ended, told, and then taken away. */
import { existsSync, readdirSync } from "node:fs";
import { clear, mountsNamed } from "./clear.ts";
import { cgroupsNamed, pause, processesNamed, read } from "./host.ts";
import { run, sharedRootfs } from "./scratch.ts";
import { fingerprint } from "./victim.ts";

/** Where runt keeps its state unless it is told otherwise: no test may let it. */
const STATE = "/run/runt";

/** A root that shares the files by hard link changes their time of change, not that of their content. */
const LINKED = "%T@";

export interface Machine {
  readonly state: readonly string[];
  readonly rootfs: string;
}

/** How things are before the first test. */
export async function look(): Promise<Machine> {
  return { state: entries(STATE), rootfs: await fingerprint(sharedRootfs(), LINKED) };
}

function entries(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

/** What this run has left, one line each. What ended just now gets two seconds to go. */
export async function leftovers(before: Machine): Promise<string[]> {
  const found = () => [
    ...processesNamed(run).map((pid) => `process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`),
    ...cgroupsNamed(run).map((path) => `cgroup ${path}`),
    ...mountsNamed(run).map((target) => `mount on ${target}`),
    ...entries(STATE)
      .filter((name) => !before.state.includes(name) && name.includes(run))
      .map((name) => `state ${STATE}/${name}`),
  ];
  for (let attempt = 0; attempt < 100 && found().length > 0; attempt++) await pause(20);
  const lines = new Set(before.rootfs.split("\n"));
  const changed = (await fingerprint(sharedRootfs(), LINKED)).split("\n").filter((line) => !lines.has(line));
  return [...found(), ...changed.map((line) => `in the root file system that all tests share: ${line}`)];
}

/** Takes away what `leftovers` tells of. The scratch directory is its owner's to remove. */
export async function takeAway(): Promise<void> {
  await clear(run);
}
