/**
 * Half a surrogate pair, which JSON can say, is no Unicode, and has no UTF-8 that the kernel could be given: U+FFFD takes its place, as in
 * programs in Go.
 */

/** The only way for JSON to say a half. */
const SURROGATE = /\\u[dD][89a-fA-F]/;

/** A half: with the flag, pairs are one character. */
const HALF = /[\ud800-\udfff]/gu;

/** Whether there may be one in what the text says. */
export function mayHoldHalves(text: string): boolean {
  return SURROGATE.test(text);
}

/** The value with U+FFFD in place of each half, in keys as well. */
export function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return whole(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [whole(key), wellFormed(each)]));
}

function whole(text: string): string {
  return text.replace(HALF, "\ufffd");
}
