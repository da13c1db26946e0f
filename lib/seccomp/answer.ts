/** Classic BPF as the kernel runs it on struct seccomp_data, seccomp(2): what a filter answers to a call. */
import { CLASSIC_BPF } from "../linux/bpf.ts";

/** A system call as a filter sees it. */
export interface Call {
  /** AUDIT_ARCH_* */
  readonly arch: number;
  readonly nr: number;
  readonly args?: readonly (number | bigint)[];
}

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
    if (operation === CLASSIC_BPF.LOAD) a = data.getUint32(k, true);
    else if (operation === CLASSIC_BPF.STORE) memory[k] = a;
    else if (operation === CLASSIC_BPF.RECALL) a = memory[k] as number;
    else if (operation === CLASSIC_BPF.AND) a = (a & k) >>> 0;
    else if (operation === CLASSIC_BPF.GO) pc += k;
    else if (operation === CLASSIC_BPF.IF_EQUAL) jump(a === k);
    else if (operation === CLASSIC_BPF.IF_GREATER) jump(a > k);
    else if (operation === CLASSIC_BPF.IF_NOT_LESS) jump(a >= k);
    else if (operation === CLASSIC_BPF.IF_ANY_BIT) jump((a & k) !== 0);
    else if (operation === CLASSIC_BPF.TO_INDEX) x = a;
    else if (operation === CLASSIC_BPF.FROM_INDEX) a = x;
    else if (operation === CLASSIC_BPF.RETURN) return k;
    else throw new Error(`instruction ${pc} has the code 0x${operation.toString(16)}`);
  }
  throw new Error("the filter has no answer");
}
