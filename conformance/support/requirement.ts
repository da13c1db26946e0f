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
  /** The version of the specification that brought it, after 1.0. */
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

/** A case for what a runtime SHOULD (or SHOULD NOT) do. */
export function should(id: string, section: string, quote: string, check: Check, more?: More): void {
  add("SHOULD", id, section, quote, check, more);
}

/** Thrown by a case that cannot be shown on this machine, or does not apply to this runtime. */
export class Skip extends Error {}

/** Ends the case as not shown. */
export function skip(why: string): never {
  throw new Skip(why);
}
