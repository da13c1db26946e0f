/** JSON that somebody else wrote, checked once and trusted from then on. */
import { RuntimeError } from "../base/errors.ts";
import { type Problem, problemsOf } from "./explain.ts";
import { NO_NUL } from "./nul.ts";
import type { Group } from "./rule.ts";
import { mayHoldHalves, wellFormed } from "./well-formed.ts";

/** A kind of document: its schema, and rules beside. */
export interface Kind<T> {
  /** Whether the schema accepts a value, found out quickly. */
  readonly accepts: (value: unknown) => value is T;
  /** The schema as JSON, to find out what is wrong. */
  readonly schema: string;
  readonly groups: readonly Group<T>[];
}

/** What is wrong with a document, all of it: the message has a line for each problem, in the order of the text. */
export class ConfigError extends RuntimeError {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  /** @param file how the message names the document */
  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ line, column, pointer, expected, found }) => {
      return `${file}:${line}:${column}: ${pointer || "the document"} must ${expected}: ${found}`;
    });
    super(lines.join("\n"));
    this.problems = problems;
  }
}

/**
 * The document in `text`, without properties that are null and checked against schema and rules.
 * @param file how messages name it
 * @throws ConfigError when it is not JSON, not as the schema says, or breaks a rule
 */
export function parseDocument<T>(kind: Kind<T>, text: string, file: string): T {
  try {
    return judged(kind, text, file);
  } catch (error) {
    // The end of the engine's stack, or of Node's: as deep as that, no document means anything.
    if (!/stack/i.test((error as Error).message) || error instanceof ConfigError) throw error;
    throw new RuntimeError(`${file} is nested too deeply`);
  }
}

function judged<T>({ schema, accepts, groups: own }: Kind<T>, text: string, file: string): T {
  const value = parse(text);
  const groups = text.indexOf("\\u0000") >= 0 ? [...own, NO_NUL] : own;
  // No schema takes null: where everything is accepted, there is none to drop.
  if ((accepts(value) || (dropNulls(value) && accepts(value))) && !breaksOne(groups, value)) return value;
  throw new ConfigError(file, problemsOf({ schema, groups, text, value }));
}

function breaksOne<T>(groups: readonly Group<T>[], document: T): boolean {
  let broken = false;
  const report = (): void => {
    broken = true;
  };
  for (const { part, rules } of groups) {
    const subject = part(document);
    if (subject === undefined) continue;
    for (const { check } of rules) check(subject as never, report);
  }
  return broken;
}

/** What the text says as JSON, or undefined. */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return mayHoldHalves(text) ? wellFormed(value) : value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Removes properties that are null: programs in Go write an empty list so, and read null as "not set".
 * @returns whether there were any
 */
function dropNulls(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const object = value as Record<string, unknown>;
  let dropped = false;
  for (const key of Object.keys(object)) {
    if (object[key] === null && !Array.isArray(value)) {
      delete object[key];
      dropped = true;
    } else if (dropNulls(object[key])) {
      dropped = true;
    }
  }
  return dropped;
}
