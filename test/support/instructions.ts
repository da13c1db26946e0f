/** Classic BPF by hand, <linux/bpf_common.h>. */

/** struct sock_filter[] of instructions as code (16 bits), jt, jf (8 each), k (32). */
export function instructions(...code: readonly (readonly [number, number, number, number])[]): Buffer {
  const bytes = Buffer.alloc(code.length * 8);
  code.forEach(([operation, ifTrue, ifFalse, operand], at) => {
    bytes.writeUInt16LE(operation, at * 8);
    bytes.writeUInt8(ifTrue, at * 8 + 2);
    bytes.writeUInt8(ifFalse, at * 8 + 3);
    bytes.writeUInt32LE(operand, at * 8 + 4);
  });
  return bytes;
}
