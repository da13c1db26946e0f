/** Hooks for the tests: shell scripts that write what they see into a folder, on the host and in the container alike. */
import { type Config, MOUNTS, merge } from "./bundle.ts";
import { PATH } from "./command.ts";
import type { Container } from "./container.ts";

export const HOOKS = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
] as const;
export type Hook = (typeof HOOKS)[number];

export interface HookEntry {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly timeout?: unknown;
}

/** A hook of `kind` that runs `script` with sh; $LOG is the folder `log` of the container's directory. */
export function hook(subject: Container, kind: Hook, script: string): HookEntry {
  const log = kind === "startContainer" ? "/log" : subject.folder("log");
  return { path: "/bin/sh", args: ["sh", "-c", script, "sh"], env: [`LOG=${log}`, `PATH=${PATH}`] };
}

/** The config change with the hooks that `make` gives for each kind, and a program that waits. */
export function withHooks(subject: Container, make: (kind: Hook) => readonly HookEntry[], change: Config = {}): Config {
  const root = subject.ownRootfs();
  const log = { destination: "/log", source: subject.folder("log"), options: ["bind"] };
  const mounts = [...((change.mounts as Config[] | undefined) ?? MOUNTS), log];
  const hooks = Object.fromEntries(HOOKS.map((kind) => [kind, make(kind)]).filter(([, entries]) => entries?.length));
  return merge({ root, hooks, process: { args: ["sleep", "60"] } }, { ...change, mounts });
}
