/**
 * The beginning of a filter that answers ENOSYS to every system call with a number above the last one that the profile knows.
 * Whoever wrote the profile could not allow what did not exist, and a C library falls back on ENOSYS only, not on EPERM. Classic
 * BPF, kernel Documentation/networking/filter.rst, on a struct seccomp_data, seccomp(2).
 */
import { CLASSIC_BPF } from "../linux/bpf.ts";
import { E } from "../linux/errno.ts";
import { AUDIT_ARCH, SECCOMP_RET } from "../linux/seccomp.ts";

/** The last calls of one architecture, as a filter sees it. */
export interface LastCalls {
  /** AUDIT_ARCH_*, <linux/audit.h> */
  readonly audit: number;
  readonly last: number;
  /** Of x32, which is x86-64 with bit 30 set in the number; undefined when the profile is not about it. */
  readonly lastX32?: number | undefined;
}

/** __X32_SYSCALL_BIT, <asm/unistd.h> */
const X32_BIT = 0x40000000;

/** Where seccomp_data has what is loaded. */
const NUMBER = 0;
const ARCHITECTURE = 4;

const { LOAD, GO, IF_EQUAL, IF_GREATER, IF_ANY_BIT, RETURN } = CLASSIC_BPF;

/** code, jt, jf, k */
type Instruction = readonly [number, number, number, number];

/** The bytes (struct sock_filter[]) to be put before a filter; what they do not answer comes to it. */
export function enosysPrefix(architectures: readonly LastCalls[]): Uint8Array {
  const sizes = architectures.map(({ audit, lastX32 }) =>
    audit !== AUDIT_ARCH.X86_64 ? 3 : lastX32 === undefined ? 4 : 5,
  );
  const refuse = sizes.reduce((sum, size) => sum + size, 2);
  const pass = refuse + 1;
  const code: Instruction[] = [[LOAD, 0, 0, ARCHITECTURE]];
  // Jumps count from the next instruction.
  const to = (target: number) => target - code.length - 1;
  architectures.forEach(({ audit, last, lastX32 }, index) => {
    code.push([IF_EQUAL, 0, (sizes[index] as number) - 1, audit]);
    code.push([LOAD, 0, 0, NUMBER]);
    if (audit === AUDIT_ARCH.X86_64) code.push([IF_ANY_BIT, lastX32 === undefined ? to(pass) : 1, 0, X32_BIT]);
    code.push([IF_GREATER, to(refuse), to(pass), last]);
    if (lastX32 !== undefined) code.push([IF_GREATER, to(refuse), to(pass), lastX32]);
  });
  code.push([GO, 0, 0, to(pass)]);
  code.push([RETURN, 0, 0, SECCOMP_RET.ERRNO + E.ENOSYS]);
  return bytesOf(code);
}

/** struct sock_filter, <linux/filter.h>: code 16 bits, jt and jf 8, k 32. */
function bytesOf(code: readonly Instruction[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(code.length * 8));
  code.forEach(([operation, ifTrue, ifFalse, operand], index) => {
    view.setUint16(index * 8, operation, true);
    view.setUint8(index * 8 + 2, ifTrue);
    view.setUint8(index * 8 + 3, ifFalse);
    view.setUint32(index * 8 + 4, operand, true);
  });
  return new Uint8Array(view.buffer);
}
