/** A file of the filter cache: a filter with the whole of what it was made from, so that it can be mistaken for no other. */
import type { Seccomp } from "../config/schema.ts";

/** "runt" and the version of this format, as a little-endian uint32 each; then the lengths of filter and key, and a sample. */
const MAGIC = 0x746e7572;
const FORMAT = 1;
const HEADER = 20;

/** A filter and its key. */
export interface Entry {
  readonly filter: Uint8Array;
  readonly key: Uint8Array;
}

/**
 * Everything that a filter depends on, as text.
 * @param origin what compiles it
 */
export function keyOf(
  origin: string,
  { defaultAction, defaultErrnoRet, architectures = [], syscalls = [] }: Seccomp,
): string {
  // No string of config.json has a NUL, and each list has its length before it: no two profiles have one text.
  const fields = [origin, defaultAction, `${defaultErrnoRet}`, `${architectures.length}`, ...architectures];
  for (const { names, action, errnoRet, args = [] } of syscalls) {
    fields.push(action, `${errnoRet}`, `${args.length}`);
    for (const { index, op, value, valueTwo } of args) fields.push(`${index} ${op} ${value} ${valueTwo}`);
    fields.push(`${names.length}`, names.join("\0"));
  }
  return fields.join("\0");
}

/** The name of the file for `key`. Another key may have the same one. */
export function nameOf(key: Uint8Array): string {
  return `${key.length}-${sample(key)}`;
}

/** The content of a file. */
export function pack({ filter, key }: Entry): Uint8Array {
  const file = new Uint8Array(HEADER + filter.length + key.length);
  file.set(filter, HEADER);
  file.set(key, HEADER + filter.length);
  new Uint32Array(file.buffer, 0, HEADER / 4).set([
    MAGIC,
    FORMAT,
    filter.length,
    key.length,
    sample(file.subarray(HEADER)),
  ]);
  return file;
}

/** What `pack` made `file` of; undefined when it did not, or only a part of it is there. */
export function unpack(file: Uint8Array): Entry | undefined {
  if (file.length < HEADER) return undefined;
  const [magic, format, filterLength, keyLength, checked] = new Uint32Array(file.buffer, file.byteOffset, HEADER / 4);
  if (magic !== MAGIC || format !== FORMAT || filterLength === undefined || keyLength === undefined) return undefined;
  if (filterLength === 0 || filterLength % 8 !== 0 || file.length !== HEADER + filterLength + keyLength)
    return undefined;
  if (checked !== sample(file.subarray(HEADER))) return undefined;
  return { filter: file.subarray(HEADER, HEADER + filterLength), key: file.subarray(HEADER + filterLength) };
}

/** How many words a sample has at most: to read all of them would take longer than the rest of a look into the cache. */
const SAMPLE = 256;

/** A uint32 of words from all over `bytes`, the last one too: of a file that was cut off or not written out it is another. */
function sample(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const step = Math.ceil(words.length / SAMPLE);
  let mixed = bytes.length;
  for (let at = words.length - 1; at >= 0; at -= step) mixed = (Math.imul(mixed, 31) + (words[at] as number)) | 0;
  return mixed >>> 0;
}
