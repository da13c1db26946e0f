/** Integers of 64 bits. JSON.parse makes doubles of them, which are exact up to 2^53 only: a mask would change its bits. */
import { RuntimeError } from "../base/errors.ts";

const LARGEST = 0xffff_ffff_ffff_ffffn;

/**
 * Makes the inexact integers of some objects of a document exact, as bigint.
 * @param document what JSON.parse made of `text`; changed in place
 * @param file how messages name it
 * @param objects finds these objects
 * @throws RuntimeError when one does not fit 64 bits, which a double cannot tell
 */
export function exactIntegers<T>(
  document: T,
  text: string,
  file: string,
  objects: (document: T) => readonly object[],
): void {
  const inexact = objects(document) as Record<string, unknown>[];
  if (!inexact.some(isInexact)) return;
  const exact = objects(parseExact(text) as T) as Record<string, unknown>[];
  for (const [index, object] of inexact.entries()) {
    for (const key of Object.keys(object)) {
      const value = exact[index]?.[key];
      if (typeof value !== "bigint") continue;
      if (value > LARGEST) throw new RuntimeError(`${file}: ${key} must be at most ${LARGEST}: it is ${value}`);
      object[key] = value;
    }
  }
}

function isInexact(object: Readonly<Record<string, unknown>>): boolean {
  for (const key in object) {
    const value = object[key];
    if (typeof value === "number" && value > Number.MAX_SAFE_INTEGER) return true;
  }
  return false;
}

/** A string, or an integer of 16 digits and more that is not a part of another number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
/** What stands for such an integer meanwhile. Where this could be meant as a string, nobody looks for integers. */
const MARKED = /^\0-?\d+$/;

/** As JSON.parse, but long integers are bigint. */
function parseExact(text: string): unknown {
  return parseMarked(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`)));
}

/** A document that may have integers made exact, as text that `parseMarked` reads: for runt's own files. */
export function markedText(document: object): string {
  try {
    return JSON.stringify(document);
  } catch (error) {
    // There are some. A function that looks at each value takes the engine ten times as long.
    if (!(error instanceof TypeError)) throw error;
  }
  return JSON.stringify(document, (_, value: unknown) => (typeof value === "bigint" ? `\0${value}` : value));
}

/** Reads what `markedText` wrote. No string of a config.json can be taken for a mark: it has no NUL. */
export function parseMarked(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" && MARKED.test(value) ? BigInt(value.slice(1)) : value,
  );
}
