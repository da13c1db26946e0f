/** config-linux.md § IntelRdt: which group of resctrl a container gets, and what is written there. Pure. */
import { RuntimeError } from "../base/errors.ts";
import type { IntelRdt } from "../config/schema.ts";
import type { ResctrlRecord } from "../spec/resctrl-record.ts";

/** What is to be done for a container; paths are absolute. */
export interface ResctrlPlan {
  /** Directories to make, in this order. */
  readonly make: readonly string[];
  /** The file that the values go to, one write each, in this order. */
  readonly schemata: string;
  readonly values: readonly string[];
  readonly record: ResctrlRecord;
}

/**
 * @param id of the container: the name of its own groups
 * @param root where resctrl is mounted
 * @param schemataOf what is in the file `schemata` of a directory, undefined if there is no such directory
 * @throws RuntimeError when the group must be there and is not, or is there with other values
 */
export function planResctrl(
  config: IntelRdt,
  id: string,
  root: string,
  schemataOf: (directory: string) => string | undefined,
): ResctrlPlan {
  const { closID, l3CacheSchema, memBwSchema, schemata = [], enableMonitoring } = config;
  const values = [l3CacheSchema, memBwSchema, schemata.join("\n")].filter((value): value is string => Boolean(value));
  const group = closID === "/" ? root : `${root}/${closID || id}`;
  const present = schemataOf(group);
  if (closID) {
    if (present === undefined && values.length === 0) {
      throw new RuntimeError(`intelRdt.closID ${JSON.stringify(closID)}: there is no directory ${group}`);
    }
    if (present !== undefined) checkValues(values, present, group);
  }
  const own = closID || present !== undefined ? [] : [group];
  const monitor = enableMonitoring ? [`${group}/mon_groups/${id}`] : [];
  return {
    make: present === undefined ? [group, ...monitor] : monitor,
    schemata: `${group}/schemata`,
    values,
    record: { tasks: [group, ...monitor].map((path) => `${path}/tasks`), directories: [...monitor, ...own] },
  };
}

/** A group that is there is not changed: others may be in it. @throws RuntimeError for the first value that differs */
function checkValues(values: readonly string[], present: string, group: string): void {
  const all = resources(present);
  for (const [resource, domains] of resources(values.join("\n"))) {
    for (const [domain, value] of domains) {
      const there = all.get(resource)?.get(domain);
      if (there === value) continue;
      const found = there === undefined ? "there is none" : `it is ${there}`;
      throw new RuntimeError(
        `${group}/schemata must have the values of intelRdt: ${resource} of domain ${domain} must be ${value}: ${found}`,
      );
    }
  }
}

/** Lines like `L3:0=7f0;1=1f`, by resource and domain; the kernel pads names with spaces and numbers with zeros. */
function resources(text: string): Map<string, Map<string, string>> {
  const all = new Map<string, Map<string, string>>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const resource = line.slice(0, colon).trim();
    const domains = all.get(resource) ?? new Map<string, string>();
    for (const pair of line.slice(colon + 1).split(";")) {
      const [domain = "", value = ""] = pair.split("=").map((part) => part.trim());
      if (domain !== "") domains.set(domain, value.toLowerCase().replace(/^0+(?=.)/, ""));
    }
    all.set(resource, domains);
  }
  return all;
}

/** Where a file system of type resctrl is mounted, by the text of /proc/self/mountinfo, proc(5); undefined if nowhere. */
export function resctrlMountPoint(mountinfo: string): string | undefined {
  const line = mountinfo.split("\n").find((each) => / - resctrl /.test(each));
  // Of the characters that are escaped there, a mount point of resctrl has none.
  return line?.split(" ")[4];
}
