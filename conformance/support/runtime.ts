/** A runtime under test, known by its command line alone. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { PATH } from "../../test/support/command.ts";

export interface Runtime {
  /** `runc`; with a number when two have the same. */
  readonly name: string;
  readonly path: string;
  /** The first line of `--version`. */
  readonly version: string;
  /** The version of the specification that it says to implement, "1.0" if it says none. */
  readonly spec: string;
  /** What `features` prints, undefined when it has no such command. */
  readonly features: Features | undefined;
}

/** features.md: the parts that cases ask about. */
export interface Features {
  readonly ociVersionMin?: string;
  readonly ociVersionMax?: string;
  readonly hooks?: readonly string[] | null;
  readonly mountOptions?: readonly string[] | null;
  readonly linux?: LinuxFeatures | null;
  readonly [name: string]: unknown;
}

export interface LinuxFeatures {
  readonly namespaces?: readonly string[] | null;
  readonly capabilities?: readonly string[] | null;
  readonly seccomp?: Readonly<
    Record<"actions" | "operators" | "archs" | "knownFlags" | "supportedFlags", readonly string[]>
  >;
  readonly memoryPolicy?: Readonly<Record<"modes" | "flags", readonly string[]>>;
  readonly netDevices?: { readonly enabled?: boolean };
  readonly mountExtensions?: { readonly idmap?: { readonly enabled?: boolean } };
  readonly [name: string]: unknown;
}

/** Asks the runtimes who they are. @throws for one that cannot be executed */
export function meet(paths: readonly string[]): Runtime[] {
  return paths.map((given, index) => {
    const path = given.includes("/") ? resolve(given) : onPath(given);
    const says = (...args: string[]) => {
      const { status, stdout, error } = spawnSync(path, args, { encoding: "utf8", timeout: 30_000, env: { PATH } });
      if (error !== undefined) throw new Error(`the runtime ${given} can't be executed: ${error.message}`);
      return status === 0 ? stdout : "";
    };
    const version = says("--version");
    const features = parse(says("features"));
    const same = paths.slice(0, index).filter((other) => basename(other) === basename(given)).length;
    return {
      name: basename(path) + (same > 0 ? `-${same + 1}` : ""),
      path,
      version: version.split("\n")[0] ?? "",
      spec: features?.ociVersionMax ?? /^spec: (\S+)/m.exec(version)?.[1] ?? "1.0",
      features,
    };
  });
}

/** Where a program of this name lies. */
function onPath(name: string): string {
  const folders = `${process.env.PATH ?? ""}:${PATH}`.split(":");
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? name;
}

function parse(text: string): Features | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Orders two versions of the specification; what follows the three numbers (`-dev`) is not looked at. @returns below 0 when `a` is the older */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (version.split(/[-+]/)[0] ?? "").split(".").map(Number);
  const [first, second] = [numbers(a), numbers(b)];
  const differences = [0, 1, 2].map((place) => (first[place] ?? 0) - (second[place] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Whether the version `since` is newer than the one that the runtime knows: its misses are then its age's. */
export function isNewer(since: string, { spec }: Runtime): boolean {
  return compareVersions(since, spec) > 0;
}
