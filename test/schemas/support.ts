/** schemas/ as any JSON Schema library reads them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Test } from "tap";
import { mismatches } from "../../lib/config/mismatch.ts";
import { changed } from "../config/support.ts";

const FOLDER = join(import.meta.dirname, "../../schemas");

/** Names of the files without `.json`. */
export const NAMES = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ""));

export function read(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8"));
}

/** As strict about the schemas themselves as ajv can be. */
const ajv = new Ajv2020({ strict: true, strictTypes: false, keywords: ["tsType"] });
for (const name of NAMES) ajv.addSchema(read(name), `${name}.json`);

/** The validator of one of the files. */
export function validator(name: string): ValidateFunction {
  const validate = ajv.getSchema(`${name}.json`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
}

/** Whether lib/config finds nothing to explain. */
export function unmarred(schema: string): (value: unknown) => boolean {
  return (value) => {
    let good = true;
    // As in JSON, undefined is not there.
    mismatches(JSON.parse(schema), JSON.parse(JSON.stringify(value)), "", () => {
      good = false;
    });
    return good;
  };
}

/** Values of one property: `undefined` among them stands for its absence. */
export interface Row {
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

/** Tries each value at each pointer of a valid document: every validator takes the good ones and refuses the bad ones. */
export function tryRows(
  t: Test,
  document: unknown,
  rows: Readonly<Record<string, Row>>,
  validators: readonly ((value: unknown) => boolean)[],
): void {
  const wrong: string[] = [];
  for (const [pointer, { good, bad }] of Object.entries(rows)) {
    for (const [index, validate] of validators.entries()) {
      for (const value of [...good, ...bad]) {
        if (validate(changed(document, pointer, value)) === good.includes(value)) continue;
        wrong.push(`validator ${index} on ${JSON.stringify(value) ?? "nothing"} at ${pointer}`);
      }
    }
  }
  t.strictSame(wrong, []);
}

/** What no string may be, a string that reaches the kernel least of all. */
export const NO_TEXT = [1, true, [], {}] as const;
export const NO_BOOLEAN = [0, "true", [], {}] as const;
export const NO_OBJECT = [1, "x", true, []] as const;
export const NO_ARRAY = [1, "x", true, {}] as const;

/** An optional string. */
export const text: Row = { good: ["x", "", undefined], bad: NO_TEXT };
export const boolean: Row = { good: [true, false, undefined], bad: NO_BOOLEAN };
export const object: Row = { good: [{}, { unknown: 1 }, undefined], bad: NO_OBJECT };
export const texts: Row = { good: [[], ["", "x"], undefined], bad: [...NO_ARRAY, [1], ["x", true]] };

/** An optional integer within bounds, both included. */
export function integer(least: number, most: number): Row {
  // A double has no neighbours of 2^63, so twice as much it is.
  const step = (bound: number, by: number): number => (Number.isSafeInteger(bound) ? bound + by : bound * 2);
  return {
    good: [least, most, undefined],
    bad: [step(least, -1), step(most, 1), 0.5, "1", true, [], {}],
  };
}

export function required({ good, bad }: Row): Row {
  return { good: good.filter((value) => value !== undefined), bad: [...bad, undefined] };
}

export function oneOf(...words: readonly [string, ...string[]]): Row {
  const [word] = words;
  return { good: [...words, undefined], bad: ["", "x", `${word}x`, 1, {}] };
}

export const UINT16 = integer(0, 65535);
export const INT32 = integer(-(2 ** 31), 2 ** 31 - 1);
export const UINT32 = integer(0, 2 ** 32 - 1);
export const INT64 = integer(-(2 ** 63), 2 ** 63);
export const UINT64 = integer(0, 2 ** 64);
