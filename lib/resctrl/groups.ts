/** A container's groups of the resctrl file system: made, joined, removed. */
import { during, RuntimeError, SyscallError } from "../base/errors.ts";
import type { IntelRdt } from "../config/schema.ts";
import { E, reason } from "../linux/errno.ts";
import type { ResctrlRecord } from "../spec/resctrl-record.ts";
import { mkdir, readFile, readFileIfExists, rmdir, writeExisting } from "../sys/file.ts";
import { planResctrl, type ResctrlPlan, resctrlMountPoint } from "./plan.ts";

/**
 * What is to be done for `linux.intelRdt` on this host; nothing is made yet.
 * @throws RuntimeError when no resctrl is mounted, or the group that is named does not suit
 */
export function placeResctrl(config: IntelRdt, id: string): ResctrlPlan {
  const root = resctrlMountPoint(readFile("/proc/self/mountinfo"));
  if (root === undefined) {
    throw new RuntimeError(
      "linux.intelRdt needs the resctrl file system, and none is mounted: see resctrl in Linux's docs",
    );
  }
  return planResctrl(config, id, root, (directory) => readFileIfExists(`${directory}/schemata`));
}

/** Makes the groups and writes their values. When something fails, what was made is removed again. Throws RuntimeError. */
export function makeResctrl({ make, schemata, values }: ResctrlPlan): void {
  const made: string[] = [];
  try {
    for (const directory of make) {
      during("make a group for linux.intelRdt", () => makeDirectory(directory));
      made.push(directory);
    }
    writeValues(schemata, values);
  } catch (error) {
    for (const directory of made.reverse()) rmdir(directory);
    throw error;
  }
}

/** Writes new values to the group that the container is in. Throws RuntimeError. */
export function changeResctrl({ tasks: [file = ""] }: ResctrlRecord, values: readonly string[]): void {
  writeValues(file.replace(/tasks$/, "schemata"), values);
}

function writeValues(schemata: string, values: readonly string[]): void {
  for (const value of values) {
    during(`write ${JSON.stringify(value)} for linux.intelRdt`, () => writeExisting(schemata, `${value}\n`));
  }
}

/** @throws SyscallError: one that has come to be there meanwhile is another's */
function makeDirectory(path: string): void {
  if (!mkdir(path, 0o755)) throw new SyscallError(`mkdir(${JSON.stringify(path)}, 0755)`, E.EEXIST, reason(E.EEXIST));
}

/** Puts a process into the container's groups; its children to come will be there too. Throws RuntimeError. */
export function joinResctrl({ tasks }: ResctrlRecord, pid: number): void {
  for (const file of tasks)
    during(`put process ${pid} into a group of linux.intelRdt`, () => writeExisting(file, `${pid}`));
}

/** Removes what is the container's own; what is gone already is fine. Throws RuntimeError. */
export function removeResctrl({ directories }: ResctrlRecord): void {
  for (const path of directories) {
    const errno = rmdir(path);
    if (errno === 0 || errno === E.ENOENT) continue;
    throw new SyscallError(`remove a group of linux.intelRdt: rmdir(${JSON.stringify(path)})`, errno, reason(errno));
  }
}
