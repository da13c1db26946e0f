/** Making a container's cgroups: a directory in every hierarchy, with its limits written before a process is in it. */

import { errnoOf } from "../base/errors.ts";
import type { Resources } from "../config/schema.ts";
import { E } from "../linux/errno.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { mkdir, rmdir } from "../sys/file.ts";
import { applyBatches } from "./apply.ts";
import { carriersOf } from "./carriers.ts";
import { controllersOf, enableControllers } from "./controllers.ts";
import { fillCpuset } from "./cpuset.ts";
import { mountPointOf, parentOf } from "./path.ts";
import { type Batch, planPids, planResources } from "./plan.ts";
import { refuseProcesses } from "./processes.ts";
import { directoryOf, type Join, joinOf } from "./record.ts";
import { isRootless } from "./rootless.ts";

/** What of config.json's `linux` is about cgroups. */
export interface CgroupConfig {
  readonly cgroupsPath?: string;
  readonly resources?: Resources;
}

/** Cgroups that are made. */
export interface CreatedCgroup {
  /** As placed; but who is not the host's root, and asked for no place, goes without the hierarchies that are closed to him. */
  readonly record: CgroupRecord;
  readonly join: Join;
  /** For applyBatches as soon as init exists, and before it runs anything of the user's. */
  readonly afterInit: readonly Batch[];
}

/**
 * Makes the cgroups and writes the limits. When something fails, what was made is removed again.
 * @param place from placeCgroup
 * @throws RuntimeError for a limit that can't be had, and for a cgroup that has got processes since it was placed
 */
export function createCgroup(place: CgroupRecord, { cgroupsPath, resources = {} }: CgroupConfig): CreatedCgroup {
  const carriers = carriersOf(place, (path) => mountPointOf(place.version, path));
  // A limit that this host has no file for is told before anything is made.
  const batches = planResources(resources, carriers);
  const afterInit = planPids(resources, carriers);
  const made: string[] = [];
  try {
    const record = makeDirectories(place, made, Boolean(cgroupsPath));
    passControllers(record, [...batches, ...afterInit]);
    const cpuset = directoryOf(record, "cpuset");
    if (cpuset !== undefined) fillCpuset(mountPointOf(1, cpuset), cpuset, made.includes(cpuset), resources);
    applyBatches(record, batches);
    return { record, join: joinOf(record), afterInit };
  } catch (error) {
    for (const path of made.reverse()) rmdir(path);
    throw error;
  }
}

/** Makes the directories of `place`, adds the new ones to `made`, and answers those that there are now. */
function makeDirectories(place: CgroupRecord, made: string[], asked: boolean): CgroupRecord {
  const paths: Record<string, string> = {};
  for (const hierarchy in place.paths) {
    const path = place.paths[hierarchy] as string;
    try {
      // One that is there, and was free when it was placed, may be another container's by now.
      if (!makeDirectory(path, made)) refuseProcesses(path);
      paths[hierarchy] = path;
    } catch (error) {
      // A place that was asked for is given or refused.
      if (asked || !isClosed(errnoOf(error)) || !isRootless()) throw error;
    }
  }
  return { version: place.version, paths };
}

/** Makes a directory and those above it that are missing. Answers whether it is new. Throws SyscallError. */
function makeDirectory(path: string, made: string[]): boolean {
  try {
    const fresh = mkdir(path, 0o755);
    if (fresh) made.push(path);
    return fresh;
  } catch (error) {
    const parent = parentOf(path);
    if (errnoOf(error) !== E.ENOENT || parent === "") throw error;
    makeDirectory(parent, made);
    return makeDirectory(path, made);
  }
}

function isClosed(errno: number | undefined): boolean {
  return errno === E.EACCES || errno === E.EPERM || errno === E.EROFS;
}

/** On a v2 host a container has all controllers, for statistics; the v2 of a hybrid one is asked only for what v1 has not. */
function passControllers({ version, paths: { unified } }: CgroupRecord, batches: readonly Batch[]): void {
  if (unified === undefined) return;
  const mountPoint = mountPointOf(version, unified);
  const wanted = version === 2 ? controllersOf(mountPoint) : batches.flatMap(({ controllers }) => controllers);
  if (wanted.length > 0) enableControllers(mountPoint, unified, wanted);
}
