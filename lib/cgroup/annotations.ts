/** Annotations `org.systemd.property.NAME`: properties of the container's unit, as runc and crun take them. */

import { during, RuntimeError } from "../base/errors.ts";
import { ANNOTATIONS } from "../spec/annotations.ts";
import { parseVariant } from "../systemd/gvariant.ts";
import type { Property } from "../systemd/units.ts";
import { type Variant, variant } from "../systemd/value.ts";

const PREFIX = ANNOTATIONS.systemdProperty;

/** What systemd takes in seconds in unit files is in microseconds on the bus. */
const SECONDS = /Sec$/;
const MICROSECONDS = 1_000_000n;

/** The properties that the annotations ask for. @throws RuntimeError that names the annotation */
export function annotatedProperties(annotations: Readonly<Record<string, string>> = {}): Property[] {
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, text]) => during(`annotation ${key}`, () => property(key.slice(PREFIX.length), text)));
}

function property(name: string, text: string): Property {
  if (!/^[A-Z][A-Za-z]{2,}$/.test(name))
    throw new RuntimeError(`${JSON.stringify(name)} is not the name of a property`);
  const value = parseVariant(text);
  return SECONDS.test(name) && !name.endsWith("USec")
    ? [name.replace(SECONDS, "USec"), microseconds(value)]
    : [name, value];
}

function microseconds({ signature, value }: Variant): Variant {
  if (signature === "d") return variant("t", BigInt(Math.round(Number(value) * Number(MICROSECONDS))));
  if (typeof value !== "bigint" || value < 0n) throw new RuntimeError("a time is a number of seconds");
  return variant("t", value * MICROSECONDS);
}
