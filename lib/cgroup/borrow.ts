/**
 * Controllers of v2 on a hybrid host. Its v2 hierarchy is somebody else's, systemd's as a rule: what that is made to pass down for
 * a container's limit is taken back when there is no such limit any more.
 */
import { LOCK, O } from "../linux/fcntl.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { decode, must, syscall } from "../sys/ffi.ts";
import { close, open, openIfExists, readdir, readFileIfExists, writeExisting } from "../sys/file.ts";
import { directoriesAbove, enableControllers } from "./controllers.ts";
import { mountPointOf } from "./path.ts";
import { childrenOf } from "./tree.ts";

/** The extended attribute of a cgroup directory that names the controllers which it passes down because of runt, xattr(7). */
const MARK = "trusted.runt.controllers";

/** enableControllers, and remembers what it has changed. Throws as it does. */
export function borrowControllers(mountPoint: string, path: string, wanted: readonly string[]): void {
  locked(mountPoint, () => {
    const before = new Map(directoriesAbove(mountPoint, path).map((directory) => [directory, passedDown(directory)]));
    enableControllers(mountPoint, path, wanted);
    for (const [directory, old] of before) {
      const fresh = passedDown(directory).filter((name) => !old.includes(name));
      if (fresh.length > 0) mark(directory, [...borrowed(directory), ...fresh]);
    }
  });
}

/** Takes back what nobody needs now that a container's cgroups are gone. Throws SyscallError. */
export function giveBack({ version, paths: { unified } }: CgroupRecord): void {
  if (version === 2 || unified === undefined) return;
  const mountPoint = mountPointOf(version, unified);
  for (const directory of directoriesAbove(mountPoint, unified).reverse()) {
    if (borrowed(directory).length > 0) locked(mountPoint, () => returnUnneeded(directory));
  }
}

function returnUnneeded(directory: string): void {
  const kept = borrowed(directory).filter((name) => {
    if (childrenOf(directory).some((child) => needs(child, name))) return true;
    try {
      writeExisting(`${directory}/cgroup.subtree_control`, `-${name}`);
      return false;
    } catch {
      // One below passes it on.
      return true;
    }
  });
  mark(directory, kept);
}

/** Whether a limit of the controller is set in the cgroup; one without processes may be about to get a limit. */
function needs(path: string, controller: string): boolean {
  const directory = openIfExists(path, O.RDONLY | O.DIRECTORY);
  if (directory === undefined) return false;
  try {
    if (!readFileIfExists("cgroup.events", directory)?.includes("populated 1")) return true;
    const limits = readdir(directory).filter(({ name }) => name.startsWith(`${controller}.`) && name.endsWith("max"));
    return limits.some(({ name }) => /(^|=)\d/m.test(readFileIfExists(name, directory) ?? ""));
  } finally {
    close(directory);
  }
}

function passedDown(directory: string): string[] {
  return (readFileIfExists(`${directory}/cgroup.subtree_control`) ?? "").split(/\s+/).filter(Boolean);
}

/** What the mark says; nothing when there is none. */
function borrowed(directory: string): string[] {
  const value = new Uint8Array(256);
  const length = syscall("getxattr", directory, MARK, value, value.length);
  return length > 0 ? decode(value, 0, length).split(" ") : [];
}

/** One who may not mark the directory could not make it pass anything down, either. */
function mark(directory: string, controllers: readonly string[]): void {
  const value = controllers.join(" ");
  if (value === "") syscall("removexattr", directory, MARK);
  else syscall("setxattr", directory, MARK, value, value.length, 0);
}

/** Runs `action` while no other runt takes back or borrows. */
function locked(mountPoint: string, action: () => void): void {
  const lock = open(mountPoint, O.RDONLY | O.DIRECTORY);
  try {
    must("flock", lock, LOCK.EX);
    action();
  } finally {
    close(lock);
  }
}
