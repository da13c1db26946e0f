/** Waiting for the kernel to be done with processes: it tells no one when, so it is asked again and again. */
import { syscall } from "../sys/ffi.ts";

/** The longest pause between two questions, in milliseconds. */
const LONGEST = 50;

/**
 * Asks `done` until it answers true, in intervals that grow from 1 ms: false when it did not within `timeout` ms.
 * Throws what `done` throws.
 */
export function waitUntil(done: () => boolean, timeout: number): boolean {
  for (let waited = 0, step = 1; !done(); waited += step, step = Math.min(step * 2, LONGEST)) {
    if (waited > timeout) return false;
    syscall("nanosleep", new BigInt64Array([0n, BigInt(step * 1_000_000)]), null);
  }
  return true;
}
