/** `linux.netDevices` of config-linux.md: what is to be moved into the container, and what it is called there. */
import type { OciConfig } from "../config/schema.ts";

/** config-linux.md § Network Devices. */
export interface NetDeviceSpec {
  /** In the runtime's network namespace. */
  readonly name: string;
  /** In the container's; may hold a `%d`, for which the kernel puts a number. */
  readonly inside: string;
}

/** The interfaces in the order of config.json; without a new name they keep the old one. */
export function netDevicesSpec({ linux }: Pick<OciConfig, "linux">): NetDeviceSpec[] {
  const devices = linux?.netDevices;
  if (devices === undefined) return [];
  return Object.keys(devices).map((name) => ({ name, inside: devices[name]?.name || name }));
}
