/** Takes from the machine all that has a name in it: processes, mounts, cgroups. For what a runtime ought to have taken itself. */
import { rmdirSync } from "node:fs";
import { run } from "./command.ts";
import { cgroupsNamed, mounts, pause, processesIn, processesNamed } from "./host.ts";

/** Kills the processes, lets go of the mounts and removes the cgroups that `name` stands in. */
export async function clear(name: string): Promise<void> {
  for (const cgroup of cgroupsNamed(name)) for (const pid of processesIn(cgroup)) kill(pid);
  for (const pid of processesNamed(name)) kill(pid);
  for (const target of mountsNamed(name).reverse()) await run(["umount", "--lazy", target]);
  // A cgroup is busy for a moment after its last process was killed.
  for (let attempt = 0; attempt < 100 && cgroupsNamed(name).length > 0; attempt++) {
    for (const path of cgroupsNamed(name)) removeCgroup(path);
    await pause(20);
  }
}

/** Where the mounts are whose place or source holds `name`. */
export function mountsNamed(name: string): string[] {
  return mounts()
    .filter(({ target, source }) => target.includes(name) || source.includes(name))
    .map(({ target }) => target);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function removeCgroup(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Still busy: asked again.
  }
}
