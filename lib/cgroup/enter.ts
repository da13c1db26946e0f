/** The cgroups that another process of a container enters: the container's own, or some below them (`exec --cgroup`). */
import { during, RuntimeError } from "../base/errors.ts";
import { O, RESOLVE } from "../linux/fcntl.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { close, type Fd, open, openat2, readFile, readFileIfExists } from "../sys/file.ts";
import { parseMemberships, rootOfMount } from "./hierarchies.ts";
import { mountPointOf, ownBelowMount } from "./path.ts";
import { subPlaces } from "./sub-places.ts";

/** As Join, with the directory of v2 open. */
export interface Entry {
  readonly tasks: readonly string[];
  readonly unified: Fd | undefined;
}

/**
 * @param record the container's cgroups; undefined if it has none: its processes stay in their caller's
 * @param below the values of `--cgroup`
 * @param pid of the container's first process
 * @throws RuntimeError for a place that is not there, or not below the container's
 */
export function enterCgroups(record: CgroupRecord | undefined, below: readonly string[], pid: number): Entry {
  if (record === undefined) {
    if (below.length > 0) throw new RuntimeError("the container has no cgroup for --cgroup to be below");
    return { tasks: [], unified: undefined };
  }
  const places = subPlaces(record, below);
  const tasks: string[] = [];
  let unified: Fd | undefined;
  for (const hierarchy in record.paths) {
    const path = record.paths[hierarchy] as string;
    const place = places.get(hierarchy);
    if (hierarchy === "unified") unified = openUnified(record, path, place, pid);
    else if (place === undefined || place === "/") tasks.push(`${path}/tasks`);
    else {
      // Only a look: nothing in a cgroup file system can become a link between this and the program's own open.
      close(openBelow(path, place));
      tasks.push(`${path}${place}/tasks`);
    }
  }
  return { tasks, unified };
}

function openUnified(record: CgroupRecord, path: string, place: string | undefined, pid: number): Fd {
  if (place !== undefined) return openBelow(path, place);
  // A cgroup of v2 that hands controllers down can hold no process: a container that has done so, as systemd does, has its
  // first process in one below.
  const handsDown = record.version === 2 && readFileIfExists(`${path}/cgroup.subtree_control`)?.trim();
  return handsDown ? openBelow(path, placeOfProcess(path, pid)) : open(path, O.PATH | O.DIRECTORY);
}

/** The process's cgroup of v2, from `path` on; "/" when it is not below. */
function placeOfProcess(path: string, pid: number): string {
  const own = parseMemberships(readFile(`/proc/${pid}/cgroup`)).find(({ controllers }) => controllers === "unified");
  const mountPoint = mountPointOf(2, path);
  const root = rootOfMount(readFile("/proc/self/mountinfo"), mountPoint);
  const full = mountPoint + ownBelowMount(own?.own ?? "/", root);
  return full.startsWith(`${path}/`) ? full.slice(path.length) : "/";
}

/** The directory `place`, which starts with "/", below the cgroup directory `path`, and nowhere else. */
function openBelow(path: string, place: string): Fd {
  return during(`open the cgroup ${JSON.stringify(place)} below ${path}`, () => {
    const cgroup = open(path, O.PATH | O.DIRECTORY);
    try {
      const resolve = RESOLVE.BENEATH | RESOLVE.NO_SYMLINKS | RESOLVE.NO_XDEV;
      return openat2(cgroup, `.${place}`, { flags: O.PATH | O.DIRECTORY, resolve });
    } finally {
      close(cgroup);
    }
  });
}
