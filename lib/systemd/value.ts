/** Values as D-Bus types them, https://dbus.freedesktop.org/doc/dbus-specification.html § Type System. */

/** A string or path, a number, a boolean; the elements of an array or a struct; what a variant holds. */
export type Value = string | number | bigint | boolean | readonly Value[] | Variant;

/** A value together with its type, a signature of one complete type: `{signature: "as", value: ["a", "b"]}`. */
export interface Variant {
  readonly signature: string;
  readonly value: Value;
}

export function variant(signature: string, value: Value): Variant {
  return { signature, value };
}

/** The complete types that a signature is made of: `sa(sv)u` → `s`, `a(sv)`, `u`. @throws RangeError for what is no signature */
export function completeTypes(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

const BASIC = "ybnqiuxtdsogv";
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "{": "}" };

/** Where the complete type that begins at `at` ends. */
function endOfType(signature: string, at: number): number {
  const code = signature[at] ?? "";
  if (code === "a") return endOfType(signature, at + 1);
  if (code !== "" && BASIC.includes(code)) return at + 1;
  const closing = CLOSING[code];
  if (closing === undefined) throw new RangeError(`${JSON.stringify(signature)} is no signature`);
  let end = at + 1;
  while (end < signature.length && signature[end] !== closing) end = endOfType(signature, end);
  if (end >= signature.length || end === at + 1) throw new RangeError(`${JSON.stringify(signature)} is no signature`);
  return end + 1;
}
