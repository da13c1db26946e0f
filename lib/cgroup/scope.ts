/** A container's cgroup as a scope of systemd's: a transient unit, made around a process and gone with the last one. */
import { debug } from "../base/debug.ts";
import { describe, RuntimeError } from "../base/errors.ts";
import type { CgroupRecord, Scope } from "../spec/cgroup-record.ts";
import { outsideId, parseIdMap } from "../spec/user-namespace.ts";
import { variable } from "../sys/ffi.ts";
import { readFile, readFileIfExists, stat } from "../sys/file.ts";
import { geteuid } from "../sys/process.ts";
import type { ManagerAddress } from "../systemd/address.ts";
import { Manager, type Property } from "../systemd/units.ts";
import { variant } from "../systemd/value.ts";
import { parseMemberships } from "./hierarchies.ts";
import { detectHost, needHierarchies } from "./host.ts";
import { IDLE } from "./properties.ts";
import { isRootless } from "./rootless.ts";
import { scopePlace } from "./slice.ts";

/** sd_booted(3): systemd is this machine's init. */
const BOOTED = "/run/systemd/system";

const SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket";

/** Where the scope of a container will be: nothing is made yet. @throws RuntimeError when there is no systemd to make it */
export function placeScope(id: string, cgroupsPath: string | undefined): CgroupRecord {
  if (stat(BOOTED) === undefined) {
    throw new RuntimeError("systemd is not running on this host: its cgroup manager cannot be used (--systemd-cgroup)");
  }
  const rootless = isRootless();
  const manager = rootless ? userManager() : systemManager();
  const { name, slice, path } = scopePlace(cgroupsPath, id, rootless ? "user.slice" : "system.slice");
  const base = rootless ? Manager.ask(manager, (systemd) => systemd.cgroup()) : "";
  const host = detectHost();
  needHierarchies(host);
  const { version, hierarchies } = host;
  const paths = hierarchies.map(({ controllers, mountPoint }) => [controllers, mountPoint + base + path]);
  return { version, paths: Object.fromEntries(paths), scope: { name, slice, manager } };
}

function systemManager(): ManagerAddress {
  return { who: "systemd", bus: variable("DBUS_SYSTEM_BUS_ADDRESS") ?? SYSTEM_BUS };
}

/** The manager of whoever runs runt; in a user namespace of his, that is who is outside. */
function userManager(): ManagerAddress {
  const euid = geteuid();
  const uid = outsideId(parseIdMap(readFile("/proc/self/uid_map")), euid) ?? euid;
  const directory = variable("XDG_RUNTIME_DIR") ?? `/run/user/${uid}`;
  const bus = variable("DBUS_SESSION_BUS_ADDRESS") ?? `unix:path=${directory}/bus`;
  return { who: "the user's systemd", bus, ...(uid === euid ? {} : { user: uid }) };
}

/**
 * Starts the scope around process `pid`, and waits until the process is in it.
 * @throws RuntimeError when systemd does not do it; there is no scope then
 */
export function startScope(
  { name, manager, slice }: Scope,
  id: string,
  pid: number,
  properties: readonly Property[],
): void {
  const usual: Property[] = [
    ["Slice", variant("s", slice)],
    ["Description", variant("s", `runt container ${id}`)],
    ["PIDs", variant("au", [pid])],
    // The cgroups below it are the container's, which systemd then leaves alone.
    ["Delegate", variant("b", true)],
    ["DefaultDependencies", variant("b", false)],
    // One that has failed is of no use to anybody.
    ["CollectMode", variant("s", "inactive-or-failed")],
    ...["CPUAccounting", "IOAccounting", "MemoryAccounting", "TasksAccounting"].map(
      (accounting): Property => [accounting, variant("b", true)],
    ),
  ];
  // What is asked for takes the place of what is usual.
  const all = [...new Map([...usual, ...properties])];
  Manager.ask(manager, (systemd) => {
    systemd.start(name, knownTo(systemd, all));
    const cgroups = parseMemberships(readFileIfExists(`/proc/${pid}/cgroup`) ?? "");
    if (cgroups.some(({ own: path }) => path.endsWith(`/${name}`))) return;
    systemd.stop(name);
    throw new RuntimeError(`systemd says that process ${pid} is in ${name}, and /proc/${pid}/cgroup that it is not`);
  });
}

/** Changes properties of the scope. @throws RuntimeError */
export function setScopeProperties({ name, manager }: Scope, properties: readonly Property[]): void {
  if (properties.length > 0)
    Manager.ask(manager, (systemd) => systemd.setProperties(name, knownTo(systemd, properties)));
}

/** systemd knows of idle groups from this version on. */
const VERSION_OF_IDLE = 252;

function knownTo(systemd: Manager, properties: readonly Property[]): readonly Property[] {
  const isIdle = ([name, { value }]: Property): boolean => name === "CPUWeight" && Number(value) === IDLE;
  if (!properties.some(isIdle) || systemd.version() >= VERSION_OF_IDLE) return properties;
  return properties.filter((property) => !isIdle(property));
}

/**
 * Stops the scope, or waits until systemd knows that it is gone, so that its name is free again. A systemd that can't be asked is
 * no reason to keep a container that is no more: its scope goes with the last process.
 */
export function stopScope({ name, manager }: Scope): void {
  try {
    Manager.ask(manager, (systemd) => systemd.stop(name));
  } catch (error) {
    debug("cgroup", () => describe(error));
  }
}
