/** The runtimes under measurement, and the containers that each makes. */
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";

/** How many containers a runtime makes at once. */
export const CROWD = 20;

/** What a container is for: its program ends at once, under a seccomp filter or without, in a user namespace or not; or waits to be killed. */
export type Kind = "filtered" | "plain" | "mapped" | "mapped-plain" | "waiting" | "waiting-plain";

export interface Container {
  /** Its cgroup has the same name, below the root of the hierarchy. */
  readonly id: string;
  readonly bundle: string;
  readonly pidFile: string;
}

export interface Runtime {
  readonly name: string;
  readonly path: string;
  /** Begins all its commands. */
  readonly command: readonly string[];
  /** The state of its containers. */
  readonly root: string;
  /** @param n tells containers of one kind apart */
  readonly container: (kind: Kind, n?: number) => Container;
}

/** Where a runtime has its files. */
export interface Places {
  /** For its bundles. */
  readonly directory: string;
  readonly state: string;
  /** Of the names of its containers. */
  readonly prefix: string;
}

/** @param path of the executable */
export function runtime(name: string, path: string, { directory, state, prefix }: Places): Runtime {
  const root = join(state, name);
  return {
    name,
    path,
    root,
    command: [path, "--root", root],
    container(kind, n = 0) {
      const bundle = join(directory, name, `${kind}-${n}`);
      return { id: `${prefix}-${name}-${kind}-${n}`, bundle, pidFile: join(bundle, "pid") };
    },
  };
}

/** All containers that the rows make of a runtime. */
export function containers({ container }: Runtime): { readonly kind: Kind; readonly container: Container }[] {
  return [
    ...Array.from({ length: CROWD }, (_, n) => ({ kind: "filtered" as const, container: container("filtered", n) })),
    { kind: "plain", container: container("plain") },
    { kind: "mapped", container: container("mapped") },
    { kind: "mapped-plain", container: container("mapped-plain") },
    { kind: "waiting", container: container("waiting") },
    { kind: "waiting-plain", container: container("waiting-plain") },
  ];
}

export function create({ command }: Runtime, { bundle, id, pidFile }: Container): string[] {
  return [...command, "create", "--bundle", bundle, "--pid-file", pidFile, id];
}

export function start({ command }: Runtime, { id }: Container): string[] {
  return [...command, "start", id];
}

export function run({ command }: Runtime, { bundle, id }: Container): string[] {
  return [...command, "run", "--bundle", bundle, id];
}

export function state({ command }: Runtime, { id }: Container): string[] {
  return [...command, "state", id];
}

export function kill({ command }: Runtime, { id }: Container, signal: string): string[] {
  return [...command, "kill", id, signal];
}

/** The program of the bundles, once more, in a container that runs. */
export function exec({ command }: Runtime, { id }: Container, ...flags: string[]): string[] {
  return [...command, "exec", ...flags, id, "/program"];
}

export function remove({ command }: Runtime, { id }: Container): string[] {
  return [...command, "delete", id];
}

export function removeByForce({ command }: Runtime, { id }: Container): string[] {
  return [...command, "delete", "--force", id];
}

/** Where a program lies: on the path, or where the administrator's programs are, which not every root has on the path. */
export function locate(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What it says of itself, on one line. */
export function version({ path }: Runtime): string {
  const lines = execFileSync(path, ["--version"], { encoding: "utf8" }).split("\n");
  return (lines[0] ?? "").replace(" version", "");
}

/** Bytes of the executable, and of the libraries that it can't start without. */
export function sizes({ path }: Runtime): { readonly executable: number; readonly libraries: number } {
  let libraries = 0;
  for (const [, library = ""] of sharedLibraries(path).matchAll(/(\/\S+) \(0x/g)) {
    libraries += statSync(realpathSync(library)).size;
  }
  return { executable: statSync(path).size, libraries };
}

/** What ldd prints; nothing for a static executable, of which it complains. */
function sharedLibraries(path: string): string {
  try {
    return execFileSync("ldd", [path], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
