/** The files of a container's cgroup, on hosts of v1 and of v2. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MANAGER } from "./command.ts";
import { hierarchies, read } from "./host.ts";

/** A file on v1, `memory/memory.limit_in_bytes`, the controller first; and the one that takes its place on v2. */
export interface CgroupFile {
  readonly v1: string;
  readonly v2: string;
}

/** The host's version of cgroups; a hybrid host has 1. */
export const VERSION = hierarchies().some(({ version }) => version === 1) ? 1 : 2;

/** The cgroup of the container `name` that base config asks for, as /proc/PID/cgroup has it. */
export function cgroupPath(name: string): string {
  return MANAGER === "systemd" ? `/system.slice/runt-${name}.scope` : `/${name}`;
}

/** For `skip` of what is so with one cgroup manager only. */
export function unlessManager(manager: "cgroupfs" | "systemd"): string | false {
  return MANAGER === manager ? false : `for the ${manager} cgroup manager`;
}

/** The directory of the cgroup of the container `name` in the hierarchy of a v1 controller, or in the one of v2. */
export function cgroupDirectory(name: string, controller: string): string {
  const { path } = hierarchies().find((one) =>
    VERSION === 2 ? one.version === 2 : one.controllers.includes(controller),
  ) ?? { path: `/no ${controller} here` };
  return join(path, name === "" ? "" : cgroupPath(name));
}

/** Where a file of the cgroup `name` is on this host. */
export function cgroupFile(name: string, { v1, v2 }: CgroupFile): string {
  const [controller = "", file = ""] = v1.split("/");
  return join(cgroupDirectory(name, controller), VERSION === 2 ? v2 : file);
}

/** What a file of the cgroup `name` says, without the newline. */
export function cgroupValue(name: string, file: CgroupFile): string {
  return read(cgroupFile(name, file)).trim();
}

/** For `skip`: the controller that this host has not; v1's name of it. */
export function withoutController(v1: string, v2: string): string | false {
  if (VERSION === 1) return existsSync(cgroupDirectory("", v1)) ? false : `this host has no ${v1} controller`;
  const present = read("/sys/fs/cgroup/cgroup.controllers").trim().split(" ");
  return present.includes(v2) ? false : `this host has no ${v2} controller`;
}
