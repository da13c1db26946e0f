/** What a runtime is measured by: sentences of the runtime specification, each with a case that shows it. */
import type { Subject } from "./subject.ts";

export type Level = "MUST" | "SHOULD";

export type Check = (subject: Subject) => Promise<void>;

/** One sentence, on one example. */
export interface Requirement {
  /** Names the case in all output: `kill-stopped`. */
  readonly id: string;
  /** `runtime.md § Kill`. */
  readonly section: string;
  readonly level: Level;
  /** The specification's own words. */
  readonly quote: string;
  /** The version of the specification that brought it, in these or other words: `1.0`, `1.0.2`, `1.1`. */
  readonly since: string;
  readonly check: Check;
}

export interface More {
  readonly since?: string;
}

/** All cases, in the order of their files. */
export const requirements: Requirement[] = [];

function add(level: Level, id: string, section: string, quote: string, check: Check, more: More = {}): void {
  if (requirements.some((other) => other.id === id)) throw new Error(`two cases are called ${id}`);
  requirements.push({ id, section, level, quote, since: more.since ?? "1.0", check });
}

/** A case for what a runtime MUST (or MUST NOT) do. */
export function must(id: string, section: string, quote: string, check: Check, more?: More): void {
  add("MUST", id, section, quote, check, more);
}

/** A case for values that are an error, by the rule for all of config.json. */
export function invalid(id: string, check: Check, more?: More): void {
  const quote = "Runtimes MUST generate an error when invalid or unsupported values are encountered.";
  must(id, "config.md § Valid values", quote, check, more);
}

/** A case for what a runtime SHOULD (or SHOULD NOT) do. */
export function should(id: string, section: string, quote: string, check: Check, more?: More): void {
  add("SHOULD", id, section, quote, check, more);
}

/** The `ociVersion` of a configuration with what `since` brought: `1.1` is 1.1.0. */
export function versionOf(since: string): string {
  return since.split(".").length < 3 ? `${since}.0` : since;
}

/** Thrown by a case that cannot be shown on this machine, or does not apply to this runtime. */
export class Skip extends Error {}

/** Ends the case as not shown. */
export function skip(why: string): never {
  throw new Skip(why);
}
