/** The one place that writes limits to cgroup files. */
import { during, errnoOf, RuntimeError } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { close, type Fd, open, openIfExists, readFile, readFileIfExists, write } from "../sys/file.ts";
import { attachDeviceFilter } from "./device-attach.ts";
import { hintOn } from "./hints.ts";
import type { Batch } from "./plan.ts";
import { directoryOf } from "./record.ts";
import type { Write } from "./write.ts";

/** Writes the batches in their order. @throws RuntimeError that names the file, the value and the directory */
export function applyBatches(record: CgroupRecord, batches: readonly Batch[]): void {
  for (const batch of batches) {
    const { hierarchy, writes, deviceFilter } = batch;
    const path = directoryOf(record, hierarchy);
    if (path === undefined) {
      const kind = hierarchy === "unified" ? "cgroup" : `${hierarchy} cgroup`;
      throw new RuntimeError(`linux.resources.${nameOf(batch)} can't be set: who runs runt may make no ${kind}`);
    }
    // bpf(2) takes no O_PATH.
    const flags = (deviceFilter ? O.RDONLY : O.PATH) | O.DIRECTORY;
    const directory = during(`set linux.resources.${nameOf(batch)}`, () => open(path, flags));
    try {
      if (deviceFilter) attachDeviceFilter(directory, deviceFilter);
      else applyWrites(directory, path, writes);
    } finally {
      close(directory);
    }
  }
}

/** What of linux.resources a batch begins with. */
function nameOf({ deviceFilter, writes }: Batch): string | undefined {
  return deviceFilter ? "devices" : writes[0]?.property;
}

/** The writes with, for those that depend on what is set now, what they come to. Throws as applyBatches does. */
export function settleBatches(record: CgroupRecord, batches: readonly Batch[]): Batch[] {
  return batches.map((batch) => ({ ...batch, writes: batch.writes.map((write) => settle(record, batch, write)) }));
}

function settle(record: CgroupRecord, { hierarchy }: Batch, write: Write): Write {
  const path = directoryOf(record, hierarchy);
  if (path === undefined || !(write.keepsFirst || write.less)) return write;
  const directory = open(path, O.PATH | O.DIRECTORY);
  try {
    const { property, file } = write;
    return { property, file, value: presentValue(directory, write) };
  } finally {
    close(directory);
  }
}

/**
 * The kernel holds some values against present ones of other files: memory against memory+swap, quota against period and burst.
 * Which order works depends on both, so one that is refused with EINVAL is written again after the others, while that helps.
 */
function applyWrites(directory: Fd, path: string, writes: readonly Write[]): void {
  let pending = writes;
  while (pending.length > 0) {
    const refusals = applyOnce(directory, path, pending);
    if (refusals.length === pending.length) throw refusals[0]?.error;
    pending = refusals.map(({ item }) => item);
  }
}

/** A write that cannot be done yet, or not at all. */
interface Refusal {
  readonly item: Write;
  readonly error: RuntimeError;
}

function applyOnce(directory: Fd, path: string, writes: readonly Write[]): Refusal[] {
  const refusals: Refusal[] = [];
  let name: string | undefined;
  let fd: Fd | undefined;
  try {
    for (const item of writes) {
      // Device rules are many lines for one file.
      if (item.file !== name) {
        if (fd !== undefined) close(fd);
        name = item.file;
        fd = openIfExists(name, O.WRONLY, directory);
      }
      if (fd === undefined) {
        applyOtherwise(directory, path, item);
        continue;
      }
      if (item.atLeast !== undefined) checkUsage(directory, path, item, item.atLeast);
      try {
        write(fd, presentValue(directory, item));
      } catch (cause) {
        const error = refused(directory, path, item, cause);
        if (errnoOf(cause) !== E.EINVAL) throw error;
        refusals.push({ item, error });
      }
    }
  } finally {
    if (fd !== undefined) close(fd);
  }
  return refusals;
}

/** The value, where it depends on what is set now. @throws RuntimeError when nothing is set that it could depend on */
function presentValue(directory: Fd, { property, file, value, keepsFirst, less }: Write): string {
  if (keepsFirst) return `${readFile(file, directory).split(" ", 1)[0]} ${value}`;
  if (less === undefined) return value;
  const part = readFile(less, directory).trim();
  const rest = part === "max" ? -1n : BigInt(value) - BigInt(part);
  if (rest >= 0n) return String(rest);
  throw new RuntimeError(`linux.resources.${property} is ${value}: it contains ${less}, which is ${part}`);
}

/** For a file that the kernel does not have. */
function applyOtherwise(directory: Fd, path: string, { property, file, otherwise }: Write): void {
  if (otherwise === undefined) {
    throw new RuntimeError(`linux.resources.${property} can't be set in ${path}: ${whyAbsent(directory, file)}`);
  }
  applyWrites(directory, path, otherwise);
}

function whyAbsent(directory: Fd, file: string): string {
  const controllers = readFileIfExists("cgroup.controllers", directory);
  const controller = file.slice(0, file.indexOf("."));
  const lacking = controllers !== undefined && controller !== "cgroup" && !controllers.split(/\s/).includes(controller);
  return lacking ? `the ${controller} controller is not available there` : `the kernel has no ${file}`;
}

function checkUsage(directory: Fd, path: string, { property, value }: Write, file: string): void {
  const usage = readFile(file, directory).trim();
  if (BigInt(usage) <= BigInt(value)) return;
  throw new RuntimeError(
    `linux.resources.${property} can't be set to ${value} in ${path}: ${usage} are in use, and checkBeforeUpdate is set`,
  );
}

function refused(directory: Fd, path: string, { property, file, value }: Write, cause: unknown): RuntimeError {
  const hint = hintOn(directory, file, errnoOf(cause));
  return new RuntimeError(`set linux.resources.${property}: ${file} to ${value} in ${path}${hint}`, { cause });
}
