/** The machine's cgroups: of which kind, who counts memory, and how to be rid of one's own. */
import { existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const MOUNT = "/sys/fs/cgroup";
const UNIFIED = `${MOUNT}/unified`;

export type CgroupKind = "v1" | "v2" | "hybrid";

export function cgroupKind(): CgroupKind {
  if (existsSync(`${MOUNT}/cgroup.controllers`)) return "v2";
  return existsSync(`${UNIFIED}/cgroup.controllers`) ? "hybrid" : "v1";
}

/**
 * What must be hidden from all runtimes, so that all can be compared: on a hybrid machine crun refuses to work when
 * v2 has controllers, whether or not a container needs them. Without that directory the machine is v1 to everyone.
 */
export function hiddenDirectory(): string | null {
  if (cgroupKind() !== "hybrid") return null;
  return readFileSync(`${UNIFIED}/cgroup.controllers`, "utf8").trim() === "" ? null : UNIFIED;
}

/** Where to read the memory charged to the cgroup of a name; null when the memory controller is not there. */
export function chargedFile(): ((name: string) => string) | null {
  if (existsSync(`${MOUNT}/memory`)) return (name) => `${MOUNT}/memory/${name}/memory.usage_in_bytes`;
  if (cgroupKind() !== "v2") return null;
  const controllers = readFileSync(`${MOUNT}/cgroup.controllers`, "utf8").trim().split(" ");
  return controllers.includes("memory") ? (name) => `${MOUNT}/${name}/memory.current` : null;
}

/** Kills what is in the cgroups whose name begins with `prefix`, and removes them from all hierarchies. */
export async function removeCgroups(prefix: string): Promise<void> {
  for (const root of hierarchies()) {
    for (const name of readdirSync(root)) if (name.startsWith(prefix)) await removeCgroup(join(root, name));
  }
}

/** Where hierarchies are mounted. */
function hierarchies(): string[] {
  const lines = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return lines.flatMap((line) => {
    const [, target = "", type] = line.split(" ");
    return type === "cgroup" || type === "cgroup2" ? [target] : [];
  });
}

async function removeCgroup(path: string): Promise<void> {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  }
  for (let attempt = 0; existsSync(path); attempt++) {
    try {
      const members = readFileSync(join(path, "cgroup.procs"), "utf8").split("\n");
      for (const pid of members) if (pid !== "") process.kill(Number(pid), "SIGKILL");
      rmdirSync(path);
    } catch (error) {
      // Busy for a moment after the last process has gone.
      if (attempt === 200) throw error;
      await sleep(10);
    }
  }
}
