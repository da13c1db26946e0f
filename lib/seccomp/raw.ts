/** A filter that somebody else has compiled: struct sock_filter[] in base64, as crun's annotation run.oci.seccomp_bpf_data has it. */
import { RuntimeError } from "../base/errors.ts";
import { BPF_MAXINSNS } from "../linux/bpf.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The filter of `text`. @throws RuntimeError when it is no base64, or no whole number of instructions that the kernel takes */
export function rawFilter(text: string): Uint8Array {
  const plain = text.replace(/\s/g, "");
  if (plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) throw new RuntimeError("it is no base64");
  const digits = plain.replace(/=+$/, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  for (let at = 0, filled = 0; at < digits.length; at++) {
    bits = (bits << 6) | ALPHABET.indexOf(digits[at] as string);
    if (at % 4 !== 0) bytes[filled++] = (bits >> (6 - 2 * (at % 4))) & 0xff;
  }
  const instructions = bytes.length / 8;
  if (Number.isInteger(instructions) && instructions <= BPF_MAXINSNS) return bytes;
  throw new RuntimeError(
    `it has ${bytes.length} bytes: a filter has 8 for each of at most ${BPF_MAXINSNS} instructions`,
  );
}
