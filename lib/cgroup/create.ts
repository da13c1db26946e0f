/** Making a container's cgroups: a directory in every hierarchy, with its limits written before a process is in it. */

import { errnoOf, RuntimeError } from "../base/errors.ts";
import type { Resources } from "../config/schema.ts";
import { E } from "../linux/errno.ts";
import { LOCK, O } from "../linux/fcntl.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { syscall } from "../sys/ffi.ts";
import { mkdir, open, readFile, rmdir, writeExisting } from "../sys/file.ts";
import type { Property } from "../systemd/units.ts";
import { variant } from "../systemd/value.ts";
import { annotatedProperties } from "./annotations.ts";
import { applyBatches } from "./apply.ts";
import { borrowControllers, giveBack } from "./borrow.ts";
import { carriersOf } from "./carriers.ts";
import { controllersOf, enableControllers } from "./controllers.ts";
import { fillCpuset } from "./cpuset.ts";
import { isFrozenAbove } from "./freezer.ts";
import { mountPointOf, parentOf } from "./path.ts";
import { type Batch, planPids, planResources } from "./plan.ts";
import { refuseProcesses } from "./processes.ts";
import { limitProperties } from "./properties.ts";
import { directoryOf, type Join, joinOf } from "./record.ts";
import { isRootless } from "./rootless.ts";
import { setScopeProperties, startScope, stopScope } from "./scope.ts";

/** What of config.json's `linux` is about cgroups. */
export interface CgroupConfig {
  readonly cgroupsPath?: string;
  readonly resources?: Resources;
  /** Whether the runtime is to do without what only the host's root may make; by default, if it is not the host's root. */
  readonly rootless?: () => boolean;
}

/** A process that waits to be taken into a scope of systemd's, and what else the scope is told. */
export interface Adoption {
  readonly id: string;
  readonly pid: number;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** Cgroups that are made. */
export interface CreatedCgroup {
  /** As placed; but who is not the host's root, and asked for no place, goes without the hierarchies that are closed to him. */
  readonly record: CgroupRecord;
  readonly join: Join;
  /** For applyAfterInit as soon as init exists, and before it runs anything of the user's. */
  readonly afterInit: readonly Batch[];
}

/**
 * Makes the cgroups and writes the limits. When something fails, what was made is removed again.
 * @param place from placeCgroup or placeScope
 * @param adoption for a place from placeScope
 * @throws RuntimeError for a limit that can't be had, and for a cgroup that has got processes since it was placed
 */
export function createCgroup(
  place: CgroupRecord,
  { cgroupsPath, resources = {}, rootless = isRootless }: CgroupConfig,
  adoption?: Adoption,
): CreatedCgroup {
  // To do without the rules for devices is for who can't have them, not for whom that would be fewer limits than he could have.
  const carriers = carriersOf(
    place,
    (path) => mountPointOf(place.version, path),
    () => rootless() && isRootless(),
  );
  // A limit that this host has no file for is told before anything is made.
  const batches = planResources(resources, carriers);
  const afterInit = planPids(resources, carriers);
  const made: string[] = [];
  if (adoption) adopt(place, adoption, [...batches, ...afterInit]);
  try {
    const claim = { canBeMissed: (errno: number | undefined) => !cgroupsPath && isClosed(errno) && rootless() };
    const record = makeDirectories(place, made, adoption ? undefined : claim);
    if (isFrozenAbove(record))
      throw new RuntimeError("a cgroup above the container's is frozen: nothing could run in it");
    passControllers(record, [...batches, ...afterInit]);
    const cpuset = directoryOf(record, "cpuset");
    if (cpuset !== undefined) fillCpuset(mountPointOf(1, cpuset), cpuset, made.includes(cpuset), resources);
    applyBatches(record, batches);
    if (adoption) joinOthers(record, adoption.pid);
    return { record, join: joinOf(record), afterInit };
  } catch (error) {
    if (place.scope) stopScope(place.scope);
    for (const path of made.reverse()) rmdir(path);
    giveBack(place);
    throw error;
  }
}

/** Writes the limits that had to wait for init. @throws RuntimeError */
export function applyAfterInit({ record, afterInit }: CreatedCgroup): void {
  if (record.scope) {
    const late = limitProperties(afterInit).filter(([, { value }]) => Number(value) < TASKS_OF_CREATION);
    setScopeProperties(record.scope, late);
  }
  applyBatches(record, afterInit);
}

/** The process that is adopted makes another before it ends. */
const TASKS_OF_CREATION = 2;

/** Has systemd make the scope, with the limits that it knows of. */
function adopt(place: CgroupRecord, { id, pid, annotations }: Adoption, batches: readonly Batch[]): void {
  if (place.scope === undefined) return;
  const limits = limitProperties(batches).map(([name, value]): Property => {
    const tooFew = name === "TasksMax" && Number(value.value) < TASKS_OF_CREATION;
    return [name, tooFew ? variant("t", TASKS_OF_CREATION) : value];
  });
  startScope(place.scope, id, pid, [...limits, ...annotatedProperties(annotations)]);
}

/** systemd has put the process into the hierarchies that it manages: of v1's it does not manage all. */
function joinOthers({ paths }: CgroupRecord, pid: number): void {
  for (const [controllers, path] of Object.entries(paths)) {
    if (controllers !== "unified") writeExisting(`${path}/cgroup.procs`, String(pid));
  }
}

/** A place that is not a scope of systemd's. */
interface Claim {
  readonly canBeMissed: (errno: number | undefined) => boolean;
}

/**
 * Makes the directories of `place`, adds the new ones to `made`, and answers those that there are now.
 * @param claim undefined: those that are there are a scope's already; else which refusals are no error: a place that was asked for is given or refused
 */
function makeDirectories(place: CgroupRecord, made: string[], claim: Claim | undefined): CgroupRecord {
  const paths: Record<string, string> = {};
  for (const hierarchy in place.paths) {
    const path = place.paths[hierarchy] as string;
    try {
      const isNew = makeDirectory(path, made);
      const isFirst = Object.keys(paths).length === 0;
      if (claim && isFirst) takeDirectory(path, isNew, made);
      // One that is there, and was free when it was placed, may be another container's by now.
      else if (claim && !isNew) refuseProcesses(path);
      paths[hierarchy] = path;
    } catch (error) {
      if (!claim?.canBeMissed(errnoOf(error))) throw error;
    }
  }
  return { ...place, paths };
}

/**
 * Of two commands that make a container in the same place at the same time one gets it. The lock is held until the command ends, and
 * by then there are processes.
 * @throws RuntimeError for a cgroup that is another's: it is not in `made` then, since he may have found it there
 */
function takeDirectory(path: string, isNew: boolean, made: string[]): void {
  const lock = open(path, O.RDONLY | O.DIRECTORY);
  if (syscall("flock", lock, LOCK.EX | LOCK.NB) === -E.EAGAIN) {
    made.length = 0;
    throw new RuntimeError(`cgroup ${path} is about to be another container's`);
  }
  // A new one may have been taken by somebody who is done already.
  if (!isNew || readFile("cgroup.procs", lock) !== "") refuseProcesses(path);
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

/**
 * On a v2 host a container has all controllers, for statistics; the v2 of a hybrid one is asked only for what v1 has not, and
 * systemd's for what systemd has not passed down.
 */
function passControllers({ version, paths: { unified }, scope }: CgroupRecord, batches: readonly Batch[]): void {
  if (unified === undefined) return;
  const mountPoint = mountPointOf(version, unified);
  const all = version === 2 && scope === undefined;
  const wanted = all ? controllersOf(mountPoint) : batches.flatMap(({ controllers }) => controllers);
  if (wanted.length === 0) return;
  if (version === 2) enableControllers(mountPoint, unified, wanted);
  else borrowControllers(mountPoint, unified, wanted);
}
