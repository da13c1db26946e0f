/**
 * JSON that somebody else wrote, parsed once and trusted from then on. The good path is quick and knows only yes or no;
 * why it is no, and on which line, is found out by a module that is loaded after a no.
 */
import { RuntimeError } from "../base/errors.ts";
import type { Problem } from "./explain.ts";
import { NO_NUL } from "./nul.ts";
import type { Group } from "./rule.ts";

/** A kind of document: which schema it follows and which rules beside. */
export interface Kind<T> {
  readonly schema: "config" | "process" | "resources";
  readonly accepts: (value: unknown) => value is T;
  readonly groups: readonly Group<T>[];
}

/** A document that is refused. Its message only says so; what is wrong takes a while to find out. */
export class ConfigError extends RuntimeError {
  override readonly name = "ConfigError";
  readonly schema: Kind<unknown>["schema"];
  readonly groups: readonly Group<never>[];
  readonly text: string;
  readonly file: string;
  /** What the text says, or undefined when it is not JSON. */
  readonly value: unknown;

  constructor(kind: Pick<ConfigError, "schema" | "groups">, text: string, file: string, value: unknown) {
    super(`${file} is not valid`);
    this.schema = kind.schema;
    this.groups = kind.groups;
    this.text = text;
    this.file = file;
    this.value = value;
  }

  /** All that is wrong, in the order of the text: where it is, what would be right, what is there. */
  async problems(): Promise<readonly Problem[]> {
    const { problemsOf } = await import("./explain.ts");
    return problemsOf(this);
  }
}

/**
 * The document in `text`, without properties that are null and checked against schema and rules.
 * @param file how messages name it
 * @throws ConfigError when it is not JSON, not as the schema says, or breaks a rule
 */
export function parseDocument<T>({ schema, accepts, groups: own }: Kind<T>, text: string, file: string): T {
  const value = parse(text);
  const groups = text.includes("\\u0000") ? [...own, NO_NUL] : own;
  // No schema takes null: where everything is accepted, there is none to drop.
  if ((accepts(value) || (dropNulls(value) && accepts(value))) && !breaksOne(groups, value)) return value;
  throw new ConfigError({ schema, groups }, text, file, value);
}

/**
 * An error as a person is to see it: a ConfigError becomes a line for each problem,
 * `config.json:12:17: /process/user/uid must be an integer from 0 to 4294967295: it is -1`; any other is passed through.
 */
export async function explained(error: unknown): Promise<unknown> {
  if (!(error instanceof ConfigError)) return error;
  const lines = (await error.problems()).map(({ line, column, pointer, expected, found }) => {
    return `${error.file}:${line}:${column}: ${pointer || "the document"} must ${expected}: ${found}`;
  });
  return new RuntimeError(lines.join("\n"));
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
    return JSON.parse(text);
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
