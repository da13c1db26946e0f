/**
 * Where a value is not as its schema says. The validators that ajv makes have judged by then; what it makes to collect all
 * errors would take 300 kB of the executable, ten times as much as the schema and this walk over it.
 */
import { escapeKey, itIs, type Report } from "./rule.ts";

/** The keywords of JSON Schema that schemas/ uses. */
export interface Schema {
  readonly type?: "object" | "array" | "string" | "integer" | "boolean";
  /** A noun for what the value is. */
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

/** Reports every value that does not fit, each once; `pointer` leads to `value`. */
export function mismatches(schema: Schema, value: unknown, pointer: string, report: Report): void {
  if (!fits(schema, value)) {
    report(pointer, beWhat(schema), itIs(value));
  } else if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (const [index, item] of value.entries()) mismatches(items, item, `${pointer}/${index}`, report);
  } else if (typeof value === "object") {
    const { properties = {}, required = [], additionalProperties } = schema;
    for (const name of required) {
      if (!Object.hasOwn(value as object, name))
        report(`${pointer}/${name}`, beWhat(properties[name]), itIs(undefined));
    }
    for (const [name, each] of Object.entries(value as object)) {
      const its = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (its !== undefined) mismatches(its, each, `${pointer}/${escapeKey(name)}`, report);
    }
  }
}

/** Whether a value fits, apart from what it contains. */
function fits(schema: Schema, value: unknown): boolean {
  const { minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity } = schema;
  const { minItems = 0, maxItems = Infinity, pattern = "" } = schema;
  if (schema.enum !== undefined) return schema.enum.includes(value as string);
  switch (schema.type) {
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
    case "string":
      if (typeof value !== "string" || value.length < minLength || value.length > maxLength) return false;
      return new RegExp(pattern, "u").test(value);
    case "array":
      return Array.isArray(value) && value.length >= minItems && value.length <= maxItems;
    default:
      return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}

/** A schema in words: `be an integer from 0 to 65535`. */
function beWhat({ type, title, enum: words, minimum = 0, maximum = 0, ...sizes }: Schema = {}): string {
  if (words !== undefined) return `be ${listed(words.map((word) => JSON.stringify(word)))}`;
  if (title !== undefined) return `be ${/^[aeiou]/.test(title) ? "an" : "a"} ${title}`;
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

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
