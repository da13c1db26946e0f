/** Why a document is refused, and where. */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { config, process, resources } from "../../dist/generated/problems.js";
import { escapeKey, type Group, itIs } from "./rule.ts";

/** One thing that is wrong. Line and column count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** RFC 6901; empty for the whole document. */
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
}

interface Fault {
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
}

/** A document that is not accepted, and what was held against it. */
export interface Refused {
  readonly schema: keyof typeof VALIDATORS;
  readonly groups: readonly Group<never>[];
  readonly text: string;
  /** What the text says, or undefined when it is not JSON. */
  readonly value: unknown;
}

/** All that schema and rules have against a document in the order of its text, each place named once. */
export function problemsOf({ schema, groups, text, value }: Refused): Problem[] {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (value === undefined || tree === undefined) return [notJson(text, errors[0])];

  const faults = new Map<string, Fault>();
  const add = (fault: Fault): void => {
    if (!faults.has(fault.pointer)) faults.set(fault.pointer, fault);
  };
  const bySchema = againstSchema(schema, value);
  for (const fault of bySchema) add(fault);
  for (const { at, part, rules } of groups) {
    for (const { reads, check } of rules) {
      if (bySchema.some(({ pointer }) => spoils(pointer, at, reads))) continue;
      const subject = part(value as never);
      if (subject === undefined) continue;
      check(subject as never, (pointer, expected, found) => add({ pointer: at + pointer, expected, found }));
    }
  }

  const placed = [...faults.values()].map((fault) => ({ fault, ...nodeAt(tree, fault.pointer) }));
  placed.sort((a, b) => a.node.offset - b.node.offset);
  return placed.map(({ fault, node, exact }) => ({
    ...fault,
    // null was dropped before anyone looked.
    ...(exact && node.type === "null" ? { found: itIs(null) } : {}),
    ...placeOf(text, node.offset),
  }));
}

const VALIDATORS = { config, process, resources } as const;

function againstSchema(schema: Refused["schema"], value: unknown): Fault[] {
  const validate = VALIDATORS[schema];
  validate(value);
  return (validate.errors ?? []).map(({ keyword, instancePath, params, parentSchema, data }) => {
    if (keyword !== "required")
      return { pointer: instancePath, expected: beWhat(parentSchema as Wanted), found: itIs(data) };
    const missing: string = params.missingProperty;
    const pointer = `${instancePath}/${escapeKey(missing)}`;
    return { pointer, expected: beWhat(parentSchema?.properties[missing]), found: itIs(undefined) };
  });
}

/** Whether a fault at `pointer` keeps a rule for the part at `at` from being asked: it relies on the shape of what it reads. */
function spoils(pointer: string, at: string, reads: readonly string[]): boolean {
  return leadsTo(pointer, at) || reads.some((read) => leadsTo(pointer, at + read) || leadsTo(at + read, pointer));
}

function leadsTo(pointer: string, target: string): boolean {
  return pointer === target || target.startsWith(`${pointer}/`);
}

/** The part of a schema that says what kind of value is right. */
interface Wanted {
  readonly type?: string;
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** A schema in words: `be an integer from 0 to 65535`. */
function beWhat({ type, title, enum: words, minimum = 0, maximum = 0, ...sizes }: Wanted): string {
  if (words !== undefined) return `be ${listed(words.map((word) => JSON.stringify(word)))}`;
  if (title !== undefined) return `be ${withArticle(title)}`;
  switch (type) {
    case "boolean":
      return "be true or false";
    case "integer":
      return `be an integer from ${exactly(minimum)} to ${exactly(maximum)}`;
    case "string":
      return sizes.maxLength === undefined ? "be a string" : `be a string of at most ${sizes.maxLength} characters`;
    case "array":
      if (sizes.minItems !== undefined) return `be an array of at least ${sizes.minItems} entry`;
      return sizes.maxItems === 0 ? "be an empty array" : "be an array";
    default:
      return "be an object";
  }
}

/** The bounds of 64-bit integers are doubles here, one too large at the top. */
function exactly(bound: number): string {
  return String(bound > Number.MAX_SAFE_INTEGER ? BigInt(bound) - 1n : BigInt(bound));
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** What the parser misses or finds, by the names of its errors; the token it stands at follows where it helps. */
const SYNTAX: Readonly<Record<string, (token: string) => string>> = {
  PropertyNameExpected: (token) => `a name in double quotes is missing before ${token}`,
  ValueExpected: (token) => `a value is missing before ${token}`,
  ColonExpected: (token) => `a colon is missing before ${token}`,
  CommaExpected: (token) => `a comma is missing before ${token}`,
  CloseBraceExpected: (token) => `a } is missing before ${token}`,
  CloseBracketExpected: (token) => `a ] is missing before ${token}`,
  EndOfFileExpected: (token) => `${token} comes after its end`,
  InvalidCommentToken: () => "it has a comment",
  UnexpectedEndOfString: () => "a string is not closed",
  UnexpectedEndOfNumber: (token) => `${token} is half a number`,
  InvalidUnicode: (token) => `${token} has a \\u without four digits`,
  InvalidEscapeCharacter: (token) => `${token} has an unknown escape`,
  InvalidCharacter: (token) => `${token} has a control character, which must be escaped`,
};

function notJson(text: string, error: ParseError | undefined): Problem {
  const { offset, length } = error ?? { offset: 0, length: 0 };
  const token =
    length === 0 ? "the end of the file" : JSON.stringify(text.slice(offset, offset + Math.min(length, 40)));
  const name = error === undefined ? "" : printParseErrorCode(error.error);
  const found = SYNTAX[name]?.(token) ?? `${token} is out of place`;
  return { ...placeOf(text, offset), pointer: "", expected: "be JSON", found };
}

/** The node that a pointer leads to, or the innermost on the way that is there (`exact` is false then). */
function nodeAt(tree: Node, pointer: string): { node: Node; exact: boolean } {
  let node = tree;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    // Of properties with the same name the last counts.
    const next: Node | undefined =
      node.type === "array"
        ? node.children?.[Number(key)]
        : node.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
    if (next === undefined) return { node, exact: false };
    node = next;
  }
  return { node, exact: true };
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
