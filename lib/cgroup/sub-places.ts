/** Cgroups below a container's, as `exec --cgroup` names them. */
import { RuntimeError } from "../base/errors.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { cleanPath } from "../spec/paths.ts";
import { directoryOf } from "./record.ts";

/**
 * Where `--cgroup` says, by hierarchy: clean, from "/" on. `PATH` is meant for every hierarchy and stands alone; on v1
 * `CONTROLLER[,CONTROLLER…]:PATH` is for some of them.
 */
export function subPlaces({ version, paths }: CgroupRecord, below: readonly string[]): Map<string, string> {
  const places = new Map<string, string>();
  for (const argument of below) {
    const wrong = (why: string) => new RuntimeError(`invalid --cgroup argument ${JSON.stringify(argument)}: ${why}`);
    const colon = argument.indexOf(":");
    const path = argument.slice(colon + 1);
    // A name that leads out, or only a prefix of the container's, is its neighbour's.
    if (path.split("/").includes("..")) throw wrong("it leads out of the container's cgroup");
    const place = cleanPath(path);
    if (colon < 0) {
      if (below.length > 1) throw wrong("of several, each needs a controller: prefix");
      for (const hierarchy in paths) places.set(hierarchy, place);
      break;
    }
    if (version === 2) throw wrong("a controller: prefix is for cgroup v1");
    for (const name of argument.slice(0, colon).split(",")) {
      const directory = name === "" ? undefined : directoryOf({ version, paths }, name);
      const hierarchy = Object.keys(paths).find((each) => paths[each] === directory);
      if (hierarchy === undefined) throw wrong(`the container has no ${JSON.stringify(name)} cgroup`);
      if ((places.get(hierarchy) ?? place) !== place) throw wrong(`${name} has been given another place`);
      places.set(hierarchy, place);
    }
  }
  return places;
}
