/** Where in the container a mount goes, and where none may go. */
import { RuntimeError } from "../base/errors.ts";
import type { Mount } from "../config/schema.ts";
import { cleanPath } from "./paths.ts";

/** What lxcfs and CRIU mount below /proc; anything else there could make the kernel's own files appear to say what they don't. */
const PROC_TARGETS = new Set([
  "/proc/cpuinfo",
  "/proc/diskstats",
  "/proc/loadavg",
  "/proc/meminfo",
  "/proc/slabinfo",
  "/proc/stat",
  "/proc/swaps",
  "/proc/sys/crypto/fips_enabled",
  "/proc/sys/kernel/ns_last_pid",
  "/proc/uptime",
]);

/** What is known of a place before anything is mounted. */
export interface Surroundings {
  /** Where a path leads in the image: itself, or if there are symlinks on the way, what `resolveSymlinks` makes of it. */
  place(destination: string): string;
  /** A mount before this one is on a directory above a path: what is there in the image says nothing. */
  covered(path: string): boolean;
}

/**
 * Where a mount goes: symlinks of the image are followed as far as the image is what will be there, also to what is yet to be made.
 * The kernel follows whatever is left.
 * @param isProcfs whether it shows a procfs
 * @throws RuntimeError if it would cover what is in /proc
 */
export function placeOf(mount: Mount, isProcfs: () => boolean, { place, covered }: Surroundings): string {
  const destination = cleanPath(mount.destination);
  checkProc(mount, destination, isProcfs);
  if (covered(destination)) return destination;
  const found = place(destination);
  if (found === destination) return destination;
  checkProc(mount, found, isProcfs);
  return covered(found) ? destination : found;
}

/**
 * Over /proc itself only a procfs, for what is written to procfs must not get lost in something else (CVE-2019-16884).
 * @throws RuntimeError for anything else there
 */
export function checkProc(mount: Mount, place: string, isProcfs: () => boolean): void {
  if (!place.startsWith("/proc")) return;
  const leads = place === cleanPath(mount.destination) ? "" : `it leads to ${place}, and `;
  if (place === "/proc" && !isProcfs()) refuseMount(mount, `${leads}only a procfs can be mounted there`);
  if (place.startsWith("/proc/") && !PROC_TARGETS.has(place)) {
    refuseMount(mount, `${leads}inside /proc only ${[...PROC_TARGETS].join(", ")} can be mounted on`);
  }
}

/** Whether one of `places` is a directory above `path`; all are clean. */
export function isBelow(path: string, places: ReadonlySet<string>): boolean {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (places.has(path.slice(0, end))) return true;
  }
  return path !== "/" && places.has("/");
}

/** @throws RuntimeError for the mount, with the reason */
export function refuseMount({ destination }: Mount, reason: string): never {
  throw new RuntimeError(`mount on ${destination}: ${reason}`);
}
