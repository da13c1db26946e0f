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

const ALL = !!process.env.RUNT_VM_ALL;

/** What depends on the manager of cgroups: asked of systemd's, too. */
const OF_MANAGERS = [
  /^container\/(cgroup|delegat|events|exec-cgroup|features|limits|memory|pause|ps|systemd|update)/,
  /^process\/(exec|scheduling)\./,
  /^state\/(lifecycle|many-commands)\./,
];

/** The guest is slow: races and faults by the hundred, and what depends least on it or on the manager, are left to RUNT_VM_ALL. */
const LANES: readonly Lane[] = [
  {
    name: "cgroupfs",
    title: "cgroup v2, cgroupfs manager",
    user: false,
    environment: [],
    files: ALL
      ? [/^cgroup\/hosts-v2\./, /^conformance\/(cgroups|runt)\./, /^(container|process|security|state)\//]
      : [
          /^cgroup\/hosts-v2\./,
          /^conformance\/cgroups\./,
          /^container\//,
          // Its hooks take their time, to run into their timeouts.
          /^process\/(?!hook-failures)/,
          /^state\/(concurrent|ids|lifecycle|many-commands)\./,
          /^security\/(cgroups-of-a-user|procfs-writes|runtime-executable)\./,
        ],
  },
  {
    name: "systemd",
    title: "cgroup v2, systemd manager",
    user: false,
    environment: ["RUNT_CGROUP_MANAGER=systemd"],
    files: ALL ? [/^(container|process|security|state)\//] : OF_MANAGERS,
  },
  {
    name: "user-cgroupfs",
    title: "an unprivileged user's delegated cgroup, cgroupfs manager",
    user: true,
    environment: [],
    files: [/^container\/user-session\./],
  },
  {
    name: "user-systemd",
    title: "an unprivileged user's systemd",
    user: true,
    environment: ["RUNT_CGROUP_MANAGER=systemd"],
    files: [/^container\/user-session\./],
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

/** The lanes with the files that there are for them. */
export function lanes(): FilledLane[] {
  return LANES.map(({ files, ...lane }) => ({ ...lane, files: filesOf(files) }));
}
