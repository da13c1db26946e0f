/** `linux.netDevices` of config-linux.md: what is to be moved into the container, and what it is called there. */
import type { Config } from "../config/schema.ts";
import type { NetDeviceSpec } from "./container-spec.ts";

/** The interfaces in the order of config.json; without a new name they keep the old one. */
export function netDevicesSpec({ linux }: Config): NetDeviceSpec[] {
  const devices = linux?.netDevices;
  if (devices === undefined) return [];
  return Object.keys(devices).map((name) => ({ name, inside: devices[name]?.name || name }));
}
