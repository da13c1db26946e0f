/** Rules: what runtime-spec and the kernel demand of config.json beyond what a schema can say. */

/** Is told of each fault, as the parts of `POINTER must EXPECTED: FOUND`. The pointer begins at the subject of the rule. */
export type Report = (pointer: string, expected: string, found: string) => void;

export interface Rule<Subject> {
  /** Pointers to all that `check` looks at. It is called only when the schema has nothing against any of it. */
  readonly reads: readonly string[];
  readonly check: (subject: Subject, report: Report) => void;
}

/** The rules of one part of a document. */
export interface Group<Whole> {
  /** Pointer to the part. */
  readonly at: string;
  /** Finds the part, undefined when the document has none. */
  readonly part: (whole: Whole) => unknown;
  readonly rules: readonly Rule<never>[];
}

/** A group whose rules are for what `part` finds. */
export function group<Whole, Subject>(
  at: string,
  part: (whole: Whole) => Subject | undefined,
  rules: readonly Rule<Subject>[],
): Group<Whole> {
  return { at, part, rules };
}

const LONGEST = 60;

/** What stands in the file, as a clause: `it is "x"`, `it is an object`, `it is missing`. */
export function itIs(value: unknown): string {
  if (value === undefined) return "it is missing";
  if (Array.isArray(value)) return value.length === 0 ? "it is an empty array" : "it is an array";
  if (typeof value === "object" && value !== null) return "it is an object";
  if (typeof value !== "string") return `it is ${value}`;
  const quoted = JSON.stringify(value);
  return `it is ${quoted.length > LONGEST ? `${quoted.slice(0, LONGEST)}…"` : quoted}`;
}

/** A key as a part of a JSON pointer, RFC 6901. */
export function escapeKey(key: string): string {
  return key.includes("~") || key.includes("/") ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key;
}
