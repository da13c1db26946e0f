/** Which test files run in the guest, and how. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export interface Lane {
  /** A word, for file names in the guest. */
  readonly name: string;
  readonly title: string;
  /** As uid 1000 in its user manager, with a delegated cgroup, or as root. */
  readonly user: boolean;
  /** NAME=VALUE of the tests' environment. */
  readonly environment: readonly string[];
  /** Patterns of paths below test/. */
  readonly files: readonly RegExp[];
}

/** Those that depend on cgroups, or on the newer kernel, or that show a container whole. */
const V2 = [
  /^cgroup\/hosts-v2\.test\.ts$/,
  /^container\/(cgroups|memory|pause|ps|update)\.test\.ts$/,
  /^security\/runtime-executable\.test\.ts$/,
];

/** All that start containers. */
const ALL = [/^cgroup\/hosts-v2\.test\.ts$/, /^(container|process|state|security)\/.*\.test\.ts$/];

const LANES: readonly Lane[] = [
  {
    name: "cgroupfs",
    title: "cgroup v2, cgroupfs manager",
    user: false,
    environment: [],
    // The guest is slow: some of them by default.
    files: process.env.RUNT_VM_ALL ? ALL : V2,
  },
  {
    name: "systemd",
    title: "cgroup v2, systemd manager",
    user: false,
    environment: ["RUNT_CGROUP_MANAGER=systemd"],
    files: process.env.RUNT_VM_ALL ? [/^container\/(memory|ps|pause|systemd)\.test\.ts$/] : [],
  },
];

export interface FilledLane extends Omit<Lane, "files"> {
  readonly files: readonly string[];
}

/** The test files that a pattern matches, as paths below test/. */
export function filesOf(patterns: readonly RegExp[]): string[] {
  const all = readdirSync(join(import.meta.dirname, ".."), { recursive: true, encoding: "utf8" }).sort();
  return all.filter((path) => path.endsWith(".test.ts") && patterns.some((pattern) => pattern.test(path)));
}

/** The lanes with the files that there are for them; those without files are left out. */
export function lanes(): FilledLane[] {
  return LANES.map(({ files, ...lane }) => ({ ...lane, files: filesOf(files) })).filter(
    ({ files }) => files.length > 0,
  );
}
