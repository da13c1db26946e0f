/** Capability sets of config.md § Linux Process: names become bits, as capabilities(7) counts them. */
import { CAPABILITIES } from "../linux/capabilities.ts";
import type { CapabilitiesSpec } from "./container-spec.ts";

type Names = readonly string[] | null | undefined;

/** The five lists of names in `process.capabilities`. */
export interface CapabilityNames {
  readonly bounding?: Names;
  readonly effective?: Names;
  readonly inheritable?: Names;
  readonly permitted?: Names;
  readonly ambient?: Names;
}

/**
 * The sets as bits; a set that is not given is empty.
 * @param warn told of each name the kernel's header does not have: the spec wants a warning, not an error
 */
export function capabilitiesSpec(
  names: CapabilityNames | undefined,
  warn: (message: string) => void,
): CapabilitiesSpec {
  const set = (list: Names): bigint => {
    // Two halves of 32 bits: numbers are several times faster here than one bigint for each name.
    let low = 0;
    let high = 0;
    for (const name of list ?? []) {
      const bit = (CAPABILITIES as Readonly<Record<string, number>>)[name];
      if (bit === undefined) warn(`capability ${JSON.stringify(name)} is not known and is ignored`);
      else if (bit < 32) low |= 1 << bit;
      else high |= 1 << (bit - 32);
    }
    return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  };
  const inheritable = set(names?.inheritable);
  const permitted = set(names?.permitted);
  // The kernel raises no others, and old default configurations, which ask for more, have never got more.
  const ambient = set(names?.ambient) & permitted & inheritable;
  return { bounding: set(names?.bounding), effective: set(names?.effective), inheritable, permitted, ambient };
}
