/** A cgroup of v2 has the controllers that each cgroup above it passes down, cgroup-v2.rst § Controlling Controllers. */
import { errnoOf, RuntimeError } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { readFile, readFileIfExists, writeExisting } from "../sys/file.ts";
import { parentOf } from "./path.ts";

/** The controllers a v2 cgroup has. Throws SyscallError. */
export function controllersOf(path: string): string[] {
  return readFile(`${path}/cgroup.controllers`).split(/\s+/).filter(Boolean);
}

/** From the mount point down to the parent of `path`. */
export function directoriesAbove(mountPoint: string, path: string): string[] {
  const above: string[] = [];
  for (let at = parentOf(path); at.length >= mountPoint.length; at = parentOf(at)) above.unshift(at);
  return above;
}

/**
 * Has every cgroup from the mount point to the parent of `path` pass the controllers `wanted` down. What can't be had, such as
 * any below a cgroup that has processes of its own, is missed only by the limit that needs it.
 * @throws RuntimeError when `path` can hold no process, being below a threaded cgroup
 */
export function enableControllers(mountPoint: string, path: string, wanted: readonly string[]): void {
  const present = controllersOf(path);
  const missing = wanted.filter((name) => !present.includes(name));
  if (missing.length === 0) return;
  for (const directory of directoriesAbove(mountPoint, path)) {
    const available = controllersOf(directory);
    passDown(
      directory,
      missing.filter((name) => available.includes(name)),
    );
  }
  if (readFileIfExists(`${path}/cgroup.type`)?.trim() === "domain invalid") {
    throw new RuntimeError(
      `cgroup ${path} is below a threaded cgroup: a container's processes need a domain of their own`,
    );
  }
}

function passDown(directory: string, controllers: readonly string[]): void {
  if (controllers.length === 0) return;
  const file = `${directory}/cgroup.subtree_control`;
  try {
    writeExisting(file, controllers.map((name) => `+${name}`).join(" "));
  } catch (error) {
    // It has processes. Those controllers that it could pass down all the same would make it, and all below it, threaded.
    if (controllers.length < 2 || errnoOf(error) === E.EBUSY) return;
    for (const controller of controllers) passDown(directory, [controller]);
  }
}
