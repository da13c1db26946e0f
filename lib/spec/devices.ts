/** Device nodes: those every container has, config-linux.md § Default Devices, and those of linux.devices. */
import type { Device, OciConfig } from "../config/schema.ts";
import { makedev } from "../linux/dev.ts";
import { S } from "../linux/stat.ts";
import type { DeviceSpec } from "./container-spec.ts";
import { cleanPath } from "./paths.ts";

const DEFAULT_MODE = 0o666;

/** /dev/console comes with a terminal, /dev/ptmx is a symlink into the container's devpts. */
const DEFAULT_DEVICES: readonly DeviceSpec[] = [
  defaultDevice("/dev/null", 1, 3),
  defaultDevice("/dev/zero", 1, 5),
  defaultDevice("/dev/full", 1, 7),
  defaultDevice("/dev/random", 1, 8),
  defaultDevice("/dev/urandom", 1, 9),
  defaultDevice("/dev/tty", 5, 0),
];

function defaultDevice(path: string, major: number, minor: number): DeviceSpec {
  return { path, mode: S.IFCHR | DEFAULT_MODE, rdev: makedev(major, minor), uid: 0, gid: 0 };
}

const TYPES = { c: S.IFCHR, u: S.IFCHR, b: S.IFBLK, p: S.IFIFO } as const;

/** All device nodes to be made: none when the host's own /dev is bound into the container, for that has them. */
export function devicesSpec({ mounts = [], linux }: Pick<OciConfig, "mounts" | "linux">): readonly DeviceSpec[] {
  const isBind = (option: string) => option === "bind" || option === "rbind";
  if (mounts.some(({ destination, options }) => cleanPath(destination) === "/dev" && options?.some(isBind))) return [];
  if (!linux?.devices?.length) return DEFAULT_DEVICES;
  const devices = new Map(DEFAULT_DEVICES.map((device) => [device.path, device]));
  for (const device of linux.devices) {
    const path = cleanPath(device.path);
    if (path !== "/dev/ptmx") devices.set(path, deviceSpec(device, path));
  }
  return [...devices.values()];
}

function deviceSpec(
  { type, major = 0, minor = 0, fileMode = DEFAULT_MODE, uid = 0, gid = 0 }: Device,
  path: string,
): DeviceSpec {
  return { path, mode: TYPES[type] | (fileMode & 0o7777), rdev: type === "p" ? 0 : makedev(major, minor), uid, gid };
}
