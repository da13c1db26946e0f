/** A container that can't be made, or started, since it may use too little memory: that is to be said first. */
import { errnoOf, RuntimeError } from "../base/errors.ts";
import { memoryShortage } from "../cgroup/shortage.ts";
import { E } from "../linux/errno.ts";
import type { ContainerRecord } from "../state/record.ts";

/**
 * The error with its reason before it, if memory is the reason; else the error as it is.
 * @param before killsInSlice, before what has failed was begun
 */
export function outOfMemory(record: ContainerRecord | undefined, error: unknown, before: bigint | undefined): unknown {
  if (record?.cgroup === undefined) return error;
  try {
    const shortage = memoryShortage(record.cgroup, errnoOf(error) === E.ENOMEM, before);
    return shortage === undefined ? error : new RuntimeError(shortage, { cause: error });
  } catch {
    // What went wrong first is what counts.
    return error;
  }
}
