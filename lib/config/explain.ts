/** All that is wrong with a document, and where. */
import { mismatches, type Schema } from "./mismatch.ts";
import { finder, type Place, syntaxFault } from "./places.ts";
import { type Group, itIs } from "./rule.ts";

/** One thing that is wrong: `POINTER must EXPECTED: FOUND`. */
export interface Problem extends Place {
  /** RFC 6901; empty for the whole document. */
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
}

/** A document that is not accepted, and what was held against it. */
export interface Refused {
  readonly text: string;
  /** What the text says, or undefined when it is not JSON. */
  readonly value: unknown;
  /** As JSON. */
  readonly schema: string;
  readonly groups: readonly Group<never>[];
}

/** The problems of a document in the order of its text, one for each place. */
export function problemsOf({ text, value, schema, groups }: Refused): Problem[] {
  if (value === undefined) return [{ pointer: "", expected: "be JSON", ...syntaxFault(text) }];
  const faults = new Map<string, { pointer: string; expected: string; found: string }>();
  const add = (pointer: string, expected: string, found: string): void => {
    if (!faults.has(pointer)) faults.set(pointer, { pointer, expected, found });
  };
  mismatches(JSON.parse(schema) as Schema, value, "", add);
  const illShaped = [...faults.keys()];
  for (const { at, part, rules } of groups) {
    for (const { reads, check } of rules) {
      if (illShaped.some((pointer) => spoils(pointer, at, reads))) continue;
      const subject = part(value as never);
      if (subject === undefined) continue;
      check(subject as never, (pointer, expected, found) => add(at + pointer, expected, found));
    }
  }
  const find = finder(text);
  const placed = [...faults.values()].map((fault) => ({ fault, place: find(fault.pointer) }));
  placed.sort((a, b) => a.place.offset - b.place.offset);
  return placed.map(({ fault, place: { line, column, exact, type } }) => ({
    line,
    column,
    ...fault,
    // null was dropped before anyone looked.
    found: exact && type === "null" ? itIs(null) : fault.found,
  }));
}

/** Whether a fault at `pointer` keeps a rule for the part at `at` from being asked: it relies on the shape of what it reads. */
function spoils(pointer: string, at: string, reads: readonly string[]): boolean {
  return leadsTo(pointer, at) || reads.some((read) => leadsTo(pointer, at + read) || leadsTo(at + read, pointer));
}

function leadsTo(pointer: string, target: string): boolean {
  return pointer === target || target.startsWith(`${pointer}/`);
}
