/** Capability sets of config.md § Linux Process: names become bits, as capabilities(7) counts them. */
import type { Process } from "../config/schema.ts";
import { CAPABILITIES } from "../linux/capabilities.ts";
import type { CapabilitiesSpec } from "./container-spec.ts";

/** What is read: a name such as `constructor` is not in it. */
const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(CAPABILITIES));

/** `process.capabilities`. */
type Names = { readonly [Set in keyof NonNullable<Process["capabilities"]>]: readonly string[] };

/** Bits 0 to 31 of a set of capabilities, and those above. */
export type Halves = readonly [low: number, high: number];

/**
 * The sets as bits; a set that is not given is empty.
 * @param grantable what can be given to the container; undefined: anything
 * @param warn told of each name that the kernel's header does not have, or that can't be given: the spec wants a warning, no error
 */
export function capabilitiesSpec(
  names: Names | undefined,
  grantable: Halves | undefined,
  warn: (message: string) => void,
): CapabilitiesSpec {
  const [lowest, highest] = grantable ?? [~0, ~0];
  const unknown = new Set<string>();
  const refused = new Set<string>();
  const set = (list: readonly string[] = []): bigint => {
    // Two halves of 32 bits: numbers are several times faster here than one bigint for each name.
    let low = 0;
    let high = 0;
    for (const name of list) {
      const bit = NUMBERS.get(name);
      if (bit === undefined) unknown.add(name);
      else if ((((bit < 32 ? lowest : highest) >>> (bit & 31)) & 1) === 0) refused.add(name);
      else if (bit < 32) low |= 1 << bit;
      else high |= 1 << (bit - 32);
    }
    return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  };
  const inheritable = set(names?.inheritable);
  const permitted = set(names?.permitted);
  // The kernel raises no others, and old default configurations, which ask for more, have never got more.
  const ambient = set(names?.ambient) & permitted & inheritable;
  const sets = { bounding: set(names?.bounding), effective: set(names?.effective), inheritable, permitted, ambient };
  for (const name of unknown) warn(`capability ${JSON.stringify(name)} is not known and is ignored`);
  for (const name of refused) warn(`capability ${name} can't be given, since runt does not have it, and is ignored`);
  return sets;
}
