/** Values as D-Bus types them, https://dbus.freedesktop.org/doc/dbus-specification.html § Type System. */

/** A string or path, a number, a boolean; the elements of an array or a struct; what a variant holds. */
export type Value = string | number | bigint | boolean | readonly Value[] | Variant;

/** A value together with its type, a signature of one complete type: `{signature: "as", value: ["a", "b"]}`. */
export interface Variant {
  readonly signature: string;
  readonly value: Value;
}

/** A value of that type. */
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

/** In bytes. */
const LONGEST_SIGNATURE = 255;

/** Arrays and structs that one signature may have: half of how deep they may lie in each other. */
const MOST_BRACKETS = 32;

/** Whether a text is a signature that every bus takes; the empty one is. */
export function isSignature(text: string): boolean {
  if (text.length > LONGEST_SIGNATURE || text.replace(/[^a({]/g, "").length > MOST_BRACKETS) return false;
  try {
    completeTypes(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a text is an object path, `/` or `/a/b_1`. */
export function isObjectPath(text: string): boolean {
  return /^\/$|^(\/[A-Za-z0-9_]+)+$/.test(text);
}

/** Types that the key of a dictionary may have; and, of anything, what a variant holds. */
const BASIC = "ybnqiuxtdsog";
const VARIANT = "v";

/** Where the complete type that begins at `at` ends; an entry of a dictionary is one only as the element of an array. */
function endOfType(signature: string, at: number, isElement = false): number {
  const code = signature[at] ?? "end";
  if (code === "a") return endOfType(signature, at + 1, true);
  if (code === VARIANT || BASIC.includes(code)) return at + 1;
  if (code === "(") return endOfStruct(signature, at + 1);
  const isEntry = code === "{" && isElement && BASIC.includes(signature[at + 1] ?? "end");
  const end = isEntry ? endOfType(signature, at + 2) : at;
  if (signature[end] !== "}") throw noSignature(signature);
  return end + 1;
}

/** The same of a struct whose first member begins at `first`: it has one at least. */
function endOfStruct(signature: string, first: number): number {
  let end = endOfType(signature, first);
  while (signature[end] !== ")") end = endOfType(signature, end);
  return end + 1;
}

function noSignature(text: string): RangeError {
  return new RangeError(`${JSON.stringify(text)} is no signature`);
}
