/** Pausing: the freezer of cgroup v1, kernel cgroup-v1/freezer-subsystem.rst, and cgroup.freeze of v2. */
import { errnoOf, RuntimeError } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { type Fd, readFile, readFileIfExists, writeExisting } from "../sys/file.ts";
import { directoryOf } from "./record.ts";
import { goThrough } from "./tree.ts";
import { waitUntil } from "./wait.ts";

/** How long freezing may take, in milliseconds. */
const TIMEOUT = 10_000;

/** How long it may where most of the processes will do: some may wait in the kernel for what never comes. */
const SHORT = 1_000;

/** The files of a freezer: what is told to it, and what it tells. */
const V1 = {
  state: "freezer.state",
  freeze: "FROZEN",
  thaw: "THAWED",
  // Of the cgroup itself, whatever is frozen above it.
  told: "freezer.self_freezing",
  done: "freezer.state",
  stopped: "FROZEN",
  above: "freezer.parent_freezing",
  isAbove: "1",
} as const;
const V2 = {
  state: "cgroup.freeze",
  freeze: "1",
  thaw: "0",
  told: "cgroup.freeze",
  done: "cgroup.events",
  stopped: "frozen 1",
  // An empty cgroup is frozen at once when one above it is.
  above: "cgroup.events",
  isAbove: "frozen 1",
} as const;

interface Freezer {
  readonly path: string;
  readonly files: typeof V1 | typeof V2;
}

function freezerOf(record: CgroupRecord): Freezer | undefined {
  const v1 = directoryOf(record, "freezer");
  if (v1 !== undefined) return { path: v1, files: V1 };
  const { unified } = record.paths;
  return unified === undefined ? undefined : { path: unified, files: V2 };
}

/**
 * Freezes all processes of the container and returns when they are.
 * @throws RuntimeError when there is no freezer, or when they do not freeze; they are thawed then
 */
export function pause(record: CgroupRecord): void {
  const freezer = freezerOf(record);
  if (!freezer) throw new RuntimeError("the container has no freezer cgroup");
  try {
    if (!freeze(freezer, TIMEOUT)) throw new RuntimeError(`${freezer.path} does not freeze within ${TIMEOUT / 1000} s`);
  } catch (error) {
    if (isGone(error)) throw new RuntimeError(`the container's cgroup ${freezer.path} is gone`, { cause: error });
    tell(freezer, "thaw");
    throw error;
  }
}

/** Answers whether all are frozen within `timeout` ms; those that are not stay told to. Throws SyscallError. */
function freeze(freezer: Freezer, timeout: number): boolean {
  const { path, files } = freezer;
  let asked = 0;
  return waitUntil(() => {
    // While new processes are made v1 may stay FREEZING for ever: it wants to be told again, now and then from the start.
    if (++asked % 10 === 0) tell(freezer, "thaw");
    tell(freezer, "freeze");
    return readFile(`${path}/${files.done}`).includes(files.stopped);
  }, timeout);
}

function tell({ path, files }: Freezer, what: "freeze" | "thaw"): void {
  writeExisting(`${path}/${files.state}`, files[what]);
}

/** Thaws the container; one that is not paused, has no freezer, or is gone stays as it is. Throws SyscallError. */
export function resume(record: CgroupRecord): void {
  const freezer = freezerOf(record);
  if (freezer === undefined) return;
  try {
    tell(freezer, "thaw");
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Lets what was killed die: on v1 a frozen process does so only when it is thawed, and with a writable freezer a container can have
 * frozen cgroups below its own. One that is gone is left out.
 * @returns whether there were any below. Throws SyscallError
 */
export function thaw(record: CgroupRecord): boolean {
  const v1 = directoryOf(record, "freezer");
  if (v1 === undefined) {
    if (isPaused(record)) resume(record);
    return false;
  }
  let isBelow = false;
  let any = false;
  const enter = (directory: Fd): void => {
    if (isThawed(directory) && isBelow) any = true;
    isBelow = true;
  };
  goThrough(v1, { enter, closed: () => {} });
  return any;
}

/** Thaws one cgroup of v1 if it is told to be frozen. Answers whether it was. */
function isThawed(directory: Fd): boolean {
  if (readFileIfExists(V1.told, directory)?.trim() !== "1") return false;
  try {
    writeExisting(V1.state, V1.thaw, directory);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** Whether an error says that the cgroup was removed: before its file was opened, or since. */
export function isGone(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === E.ENOENT || errno === E.ENODEV;
}

/** Whether the container itself, and not just a cgroup above it, is told to be frozen. Throws SyscallError. */
export function isPaused(record: CgroupRecord): boolean {
  const freezer = freezerOf(record);
  return freezer !== undefined && readFileIfExists(`${freezer.path}/${freezer.files.told}`)?.trim() === "1";
}

/** Whether a cgroup above the container's is frozen: whatever gets into it stops. For one that is not told to be frozen itself. Throws SyscallError. */
export function isFrozenAbove(record: CgroupRecord): boolean {
  const freezer = freezerOf(record);
  if (freezer === undefined) return false;
  const { path, files } = freezer;
  return readFileIfExists(`${path}/${files.above}`)?.includes(files.isAbove) ?? false;
}

/**
 * Runs `action` while no process of the container can run, so that none is made or ends; where there is no freezer, without
 * that, and though some do not freeze: what keeps them from it keeps them from making others. Throws what `action` throws, SyscallError.
 */
export function whileFrozen(record: CgroupRecord, action: () => void): void {
  const freezer = isPaused(record) ? undefined : freezerOf(record);
  try {
    if (freezer !== undefined) freeze(freezer, SHORT);
    action();
  } finally {
    if (freezer !== undefined) resume(record);
  }
}
