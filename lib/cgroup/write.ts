/** What linux.resources comes down to: values for files of a cgroup. */

/** One value for one file of a cgroup. */
export interface Write {
  /** What asks for it, below linux.resources: `memory.limit`. */
  readonly property: string;
  readonly file: string;
  readonly value: string;
  /** Written instead when the kernel has no such file; an empty list when nothing is lost without it. */
  readonly otherwise?: readonly Write[];
  /** The file's first field is left as it is, and the value goes behind it: the quota of cpu.max. */
  readonly keepsFirst?: true;
  /** A file with a number of bytes that the value contains and that is taken off it: "memory and swap" without memory. */
  readonly less?: string;
  /** A file of bytes in use that must not exceed the value, memory.checkBeforeUpdate. */
  readonly atLeast?: string;
}

/** A write of a number. */
export function numberWrite(property: string, file: string, value: number): Write {
  return { property, file, value: digits(value) };
}

/** A number that asks for something: engines send 0 for a property that is not set. */
export function isSet(value: number | undefined): value is number {
  return value !== undefined && value !== 0;
}

/**
 * The digits of an integer for a cgroup file. A number of JSON beyond 2^53 is rounded, and 2^64 - 1, by which config.json may
 * mean "no limit", becomes 2^64, of which the kernel's parser makes 0.
 */
export function digits(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return value >= 2 ** 64 ? "18446744073709551615" : BigInt(value).toString();
}
