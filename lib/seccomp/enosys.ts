/**
 * The beginning of a filter that answers ENOSYS to every system call with a number above the last one that the profile knows.
 * Whoever wrote the profile could not allow what did not exist, and a C library falls back on ENOSYS only, not on EPERM. Classic
 * BPF, kernel Documentation/networking/filter.rst, on a struct seccomp_data, seccomp(2).
 */
import { E } from "../linux/errno.ts";
import { SECCOMP_RET } from "../linux/seccomp.ts";

/** The last calls of one architecture, as a filter sees it. */
export interface LastCalls {
  /** AUDIT_ARCH_*, <linux/audit.h> */
  readonly audit: number;
  readonly last: number;
  /** Of x32, which is x86-64 with bit 30 set in the number; undefined when the profile is not about it. */
  readonly lastX32?: number | undefined;
}

/** AUDIT_ARCH_X86_64 */
export const AUDIT_ARCH_X86_64 = 0xc000003e;

/** __X32_SYSCALL_BIT, <asm/unistd.h> */
const X32_BIT = 0x40000000;

/** The instructions that are needed, and where seccomp_data has what they load. */
const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const JUMP = 0x05; // BPF_JMP | BPF_JA
const JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const JUMP_GREATER = 0x25; // BPF_JMP | BPF_JGT | BPF_K
const JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K
const NUMBER = 0;
const ARCHITECTURE = 4;

/** code, jt, jf, k */
type Instruction = readonly [number, number, number, number];

/** The bytes (struct sock_filter[]) to be put before a filter; what they do not answer comes to it. */
export function enosysPrefix(architectures: readonly LastCalls[]): Uint8Array {
  const sizes = architectures.map(({ audit, lastX32 }) =>
    audit !== AUDIT_ARCH_X86_64 ? 3 : lastX32 === undefined ? 4 : 5,
  );
  const refuse = sizes.reduce((sum, size) => sum + size, 2);
  const pass = refuse + 1;
  const code: Instruction[] = [[LOAD, 0, 0, ARCHITECTURE]];
  // Jumps count from the next instruction.
  const to = (target: number) => target - code.length - 1;
  architectures.forEach(({ audit, last, lastX32 }, index) => {
    code.push([JUMP_EQUAL, 0, (sizes[index] as number) - 1, audit]);
    code.push([LOAD, 0, 0, NUMBER]);
    if (audit === AUDIT_ARCH_X86_64) code.push([JUMP_SET, lastX32 === undefined ? to(pass) : 1, 0, X32_BIT]);
    code.push([JUMP_GREATER, to(refuse), to(pass), last]);
    if (lastX32 !== undefined) code.push([JUMP_GREATER, to(refuse), to(pass), lastX32]);
  });
  code.push([JUMP, 0, 0, to(pass)]);
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
