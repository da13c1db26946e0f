/** Where a container's cgroups are to be on this host. Nothing is made here. */
import { RuntimeError } from "../base/errors.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { isPaused } from "./freezer.ts";
import { detectHost, type Host, needHierarchies, ownCgroups } from "./host.ts";
import { cgroupPlace, parentOf } from "./path.ts";
import { mainDirectory, refuseProcesses } from "./processes.ts";
import { isRootless } from "./rootless.ts";

/**
 * Finds the container's directory in each hierarchy of the host.
 * @param cgroupsPath linux.cgroupsPath
 * @param rootless whether a container that asks for no place can do without cgroups, where there are none
 * @throws RuntimeError for a path that can't be, and for a cgroup that has processes or is frozen: it is another container's
 */
export function placeCgroup(
  id: string,
  cgroupsPath: string | undefined,
  rootless: () => boolean = isRootless,
): CgroupRecord {
  const place = cgroupPlace(cgroupsPath, id);
  const host = detectHost();
  if (cgroupsPath || !rootless()) needHierarchies(host);
  const bases = place.relative ? basesOf(host) : undefined;
  const paths: Record<string, string> = {};
  host.hierarchies.forEach(({ controllers, mountPoint }, index) => {
    paths[controllers] = mountPoint + (bases?.[index] ?? "") + place.path;
  });
  const record = { version: host.version, paths };
  // config-linux.md § Control groups: what is done to one container must not befall another.
  const path = mainDirectory(record);
  if (path !== undefined) refuseProcesses(path);
  if (isPaused(record))
    throw new RuntimeError(`the container's cgroup ${place.path} is frozen: nothing could run in it`);
  return record;
}

/** What a relative path is below: the runtime's own cgroup. */
function basesOf(host: Host): string[] {
  const own = ownCgroups(host);
  // In v2 a cgroup with processes in it, such as the runtime's own, passes no controllers down: the place is beside it.
  return host.version === 2 ? own.map(parentOf) : own;
}
