/** Rules of config-linux.md, Namespaces: each type once, and none of what a namespace isolates is set without it. */
import { escapeKey, itIs, type Report, type Rule } from "../rule.ts";
import { type Namespace, namespaceOf, type OciConfig } from "../schema.ts";

export const NAMESPACE_RULES: readonly Rule<OciConfig>[] = [
  { reads: ["/linux/namespaces"], check: types },
  { reads: ["/hostname", "/domainname", "/linux/namespaces"], check: utsNames },
  { reads: ["/linux/timeOffsets", "/linux/namespaces"], check: timeOffsets },
  { reads: ["/linux/netDevices", "/linux/namespaces"], check: netDevices },
  { reads: ["/linux/maskedPaths", "/linux/readonlyPaths", "/linux/namespaces"], check: hiddenPaths },
];

function types({ linux }: OciConfig, report: Report): void {
  const namespaces = linux?.namespaces ?? [];
  const seen = new Map<string, number>();
  for (let i = 0; i < namespaces.length; i++) {
    const type = namespaces[i]?.type ?? "";
    const before = seen.get(type);
    if (before === undefined) seen.set(type, i);
    else report(`/linux/namespaces/${i}/type`, "be listed once", `entry ${before} is of type ${type} already`);
  }
}

/** Reports that something is set which would change the runtime's own namespace. */
function needs(config: OciConfig, type: Namespace["type"], pointer: string, report: Report): void {
  if (namespaceOf(config, type) !== undefined) return;
  report(pointer, `come with a ${type} namespace`, `/linux/namespaces has none of type ${type}`);
}

function utsNames(config: OciConfig, report: Report): void {
  if (config.hostname) needs(config, "uts", "/hostname", report);
  if (config.domainname) needs(config, "uts", "/domainname", report);
}

/** Clocks with an offset, time_namespaces(7). */
const CLOCKS: readonly string[] = ["monotonic", "boottime"];

function timeOffsets(config: OciConfig, report: Report): void {
  const clocks = Object.keys(config.linux?.timeOffsets ?? {});
  if (clocks.length === 0) return;
  needs(config, "time", "/linux/timeOffsets", report);
  // The kernel takes offsets only as long as nobody is in the namespace.
  const path = namespaceOf(config, "time")?.path;
  if (path) {
    report("/linux/timeOffsets", "come with a new time namespace", `the one at ${JSON.stringify(path)} is joined`);
  }
  for (const clock of clocks) {
    if (CLOCKS.includes(clock)) continue;
    report(
      `/linux/timeOffsets/${escapeKey(clock)}`,
      "be named monotonic or boottime",
      `its name is ${JSON.stringify(clock)}`,
    );
  }
}

/** IFNAMSIZ less the NUL, <linux/if.h>. */
const LONGEST_INTERFACE = 15;
const INTERFACE_NAME = "be a name of 1 to 15 characters without space, slash and colon";

/** Whether the kernel would take a name; `%d` becomes a number. */
function isInterfaceName(name: string): boolean {
  return name.length <= LONGEST_INTERFACE && name !== "." && name !== ".." && /^[^\s/:]+$/.test(name);
}

function netDevices(config: OciConfig, report: Report): void {
  const devices = Object.entries(config.linux?.netDevices ?? {});
  if (devices.length === 0) return;
  needs(config, "network", "/linux/netDevices", report);
  const taken = new Map<string, string>();
  for (const [outside, { name }] of devices) {
    const pointer = `/linux/netDevices/${escapeKey(outside)}`;
    if (!isInterfaceName(outside)) report(pointer, INTERFACE_NAME, `its name is ${JSON.stringify(outside)}`);
    const inside = name || outside;
    const before = taken.get(inside);
    if (name && (!isInterfaceName(name) || /%(?!d)|%d.*%/.test(name))) {
      report(`${pointer}/name`, `${INTERFACE_NAME}, with at most one %, as %d`, itIs(name));
    } else if (before === undefined) {
      taken.set(inside, outside);
    } else if (!inside.includes("%d")) {
      report(`${pointer}/name`, "differ from the other names inside", `${before} has the name ${inside} already`);
    }
  }
}

function hiddenPaths(config: OciConfig, report: Report): void {
  const { maskedPaths = [], readonlyPaths = [] } = config.linux ?? {};
  if (maskedPaths.length > 0) needs(config, "mount", "/linux/maskedPaths", report);
  if (readonlyPaths.length > 0) needs(config, "mount", "/linux/readonlyPaths", report);
}
