/** Classic BPF as the kernel runs it on struct seccomp_data, seccomp(2): what a filter answers to a call. */

/** A system call as a filter sees it. */
export interface Call {
  /** AUDIT_ARCH_* */
  readonly arch: number;
  readonly nr: number;
  readonly args?: readonly (number | bigint)[];
}

export const AUDIT_ARCH = { x86_64: 0xc000003e, i386: 0x40000003, aarch64: 0xc00000b7 } as const;

/** The answer of `filter` (struct sock_filter[]): SECCOMP_RET_* with its data. @throws for an instruction that cannot be */
export function answer(filter: Uint8Array, { arch, nr, args = [] }: Call): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, nr, true);
  data.setUint32(4, arch, true);
  args.forEach((value, index) => {
    data.setBigUint64(16 + index * 8, BigInt(value), true);
  });
  const code = new DataView(filter.buffer, filter.byteOffset, filter.length);
  const memory = new Uint32Array(16);
  let a = 0;
  let x = 0;
  for (let pc = 0; pc < filter.length / 8; pc++) {
    const operation = code.getUint16(pc * 8, true);
    const ifTrue = code.getUint8(pc * 8 + 2);
    const ifFalse = code.getUint8(pc * 8 + 3);
    const k = code.getUint32(pc * 8 + 4, true);
    const jump = (met: boolean): void => {
      pc += met ? ifTrue : ifFalse;
    };
    if (operation === 0x20) a = data.getUint32(k, true);
    else if (operation === 0x02) memory[k] = a;
    else if (operation === 0x60) a = memory[k] as number;
    else if (operation === 0x54) a = (a & k) >>> 0;
    else if (operation === 0x05) pc += k;
    else if (operation === 0x15) jump(a === k);
    else if (operation === 0x25) jump(a > k);
    else if (operation === 0x35) jump(a >= k);
    else if (operation === 0x45) jump((a & k) !== 0);
    else if (operation === 0x07) x = a;
    else if (operation === 0x87) a = x;
    else if (operation === 0x06) return k;
    else throw new Error(`instruction ${pc} has the code 0x${operation.toString(16)}`);
  }
  throw new Error("the filter has no answer");
}
