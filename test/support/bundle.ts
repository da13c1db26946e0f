/** Bundles for the tests: one plain config.json, and each test says in data how its own differs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MANAGER, PATH } from "./command.ts";
import { sharedRootfs } from "./scratch.ts";

/** A piece of config.json, right or wrong: the tests write both. */
export interface Config {
  readonly [key: string]: unknown;
}

export const MOUNTS: readonly Config[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777"] },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
];

export const NAMESPACES = ["pid", "network", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type }));

const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

/** linux.cgroupsPath of a container, in the way of the cgroup manager. */
export function cgroupsPathOf(name: string): string {
  return MANAGER === "systemd" ? `:runt:${name}` : `/${name}`;
}

/** A container much like those that engines make. */
export function baseConfig(name: string): Config {
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: ["true"],
      env: [`PATH=${PATH}`],
      cwd: "/",
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      noNewPrivileges: true,
    },
    root: { path: sharedRootfs(), readonly: true },
    hostname: "runt",
    mounts: MOUNTS,
    linux: { cgroupsPath: cgroupsPathOf(name), namespaces: NAMESPACES },
  };
}

/** `base` with `change` laid over it: objects are merged, all else is replaced, and undefined takes a property away. */
export function merge(base: Config, change: Config): Config {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const old = result[key];
    result[key] = isConfig(value) && isConfig(old) ? merge(old, value) : value;
  }
  return result;
}

function isConfig(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Writes `config` as the bundle's config.json; a bigint becomes a number of all its digits. */
export function writeConfig(bundle: string, config: Config): void {
  const digits = (_key: string, value: unknown) => (typeof value === "bigint" ? `bigint ${value}` : value);
  const text = JSON.stringify(config, digits, 2).replace(/"bigint (-?\d+)"/g, "$1");
  writeFileSync(join(bundle, "config.json"), text);
}

/** `namespaces` with those of `types` taken away. */
export function namespacesBut(...types: string[]): Config[] {
  return NAMESPACES.filter(({ type }) => !types.includes(type));
}

/** The base's mounts with those on `destinations` taken away. */
export function mountsBut(...destinations: string[]): Config[] {
  return MOUNTS.filter((mount) => !destinations.includes(String(mount.destination)));
}

/** All capabilities in the sets that let a program use them. */
export function capable(...names: string[]): Config {
  return { bounding: names, effective: names, permitted: names };
}
