/** eBPF, bpf(2) and <linux/bpf.h>: device rules of cgroup v2 are such programs. */

/** `BPF_*`, the commands of bpf(2). */
export const BPF_CMD = {
  PROG_LOAD: 5,
  OBJ_GET: 7,
  PROG_ATTACH: 8,
  PROG_DETACH: 9,
  PROG_GET_FD_BY_ID: 13,
  OBJ_GET_INFO_BY_FD: 15,
  PROG_QUERY: 16,
} as const;

/** BPF_PROG_TYPE_CGROUP_DEVICE. */
export const BPF_PROG_TYPE_CGROUP_DEVICE = 15;

/** BPF_CGROUP_DEVICE, the attach type. */
export const BPF_CGROUP_DEVICE = 6;

/** `BPF_F_*`, the flags of BPF_PROG_ATTACH. */
export const BPF_F = { ALLOW_OVERRIDE: 0x1, ALLOW_MULTI: 0x2, REPLACE: 0x4 } as const;

/**
 * `BPF_DEVCG_*`: access_type of struct bpf_cgroup_dev_ctx holds the access in its high 16 bits, the type in the low.
 */
export const BPF_DEVCG = { ACC_MKNOD: 1, ACC_READ: 2, ACC_WRITE: 4 } as const;

/** `BPF_DEVCG_DEV_*`, the type of a device. */
export const BPF_DEVCG_DEV = { BLOCK: 1, CHAR: 2 } as const;

/** `BPF_*`: opcodes of instructions, class, source and operation in one; kernel bpf/standardization/instruction-set.rst. */
export const BPF_OP = {
  /** LDX | MEM | W: 32 bits of memory. */
  LOAD: 0x61,
  /** ALU64 | MOV | K. */
  MOV: 0xb7,
  /** ALU | MOV | X. */
  MOV_FROM: 0xbc,
  /** ALU | AND | K. */
  AND: 0x54,
  /** ALU | RSH | K. */
  SHIFT_RIGHT: 0x74,
  /** JMP | JA. */
  GO: 0x05,
  /** JMP32 | JNE | K: its value is not extended to 64 bits. */
  IF_NOT_EQUAL: 0x56,
  /** JMP32 | JSET | K. */
  IF_ANY_BIT: 0x46,
  /** JMP | EXIT: the answer is in register 0. */
  EXIT: 0x95,
} as const;

/** struct bpf_insn: opcode 1, registers 1 (destination in the low half), offset 2, immediate value 4. */
export type Instruction = bigint;

/** One instruction; a jump's offset counts from the instruction behind it. */
export function instruction(
  opcode: number,
  { to = 0, from = 0, offset = 0, value = 0 }: { to?: number; from?: number; offset?: number; value?: number },
): Instruction {
  const low = BigInt(opcode | (to << 8) | (from << 12)) | (BigInt(offset & 0xffff) << 16n);
  return low | (BigInt(value >>> 0) << 32n);
}

/**
 * Bytes of union bpf_attr to pass: more than any kernel knows, zeros behind what is used. With less, BPF_PROG_QUERY of Linux
 * 6.17 to 7.1 writes beyond the end.
 */
export const BPF_ATTR_SIZE = 256;

/** Offsets in union bpf_attr. */
export const BPF_ATTR = {
  PROG_LOAD: { type: 0, count: 4, instructions: 8, license: 16, name: 48 },
  PROG_ATTACH: { target: 0, program: 4, type: 8, flags: 12, replaced: 16 },
  PROG_QUERY: { target: 0, type: 4, ids: 16, count: 24 },
  PROG_GET_FD_BY_ID: { id: 0 },
  OBJ_GET_INFO_BY_FD: { program: 0, length: 4, info: 8 },
} as const;

/** struct bpf_prog_info: bytes that hold a program's name, and its offset. */
export const BPF_PROG_INFO = { size: 80, name: 64, nameSize: 16 } as const;

/** BPF_MAXINSNS: how many instructions a filter of classic BPF may have. */
export const BPF_MAXINSNS = 4096;

/** Opcodes of classic BPF, class, size, mode, operation and source in one; kernel networking/filter.rst. */
export const CLASSIC_BPF = {
  /** LD | W | ABS: a word of what the filter looks at. */
  LOAD: 0x20,
  /** LD | MEM, ST: a word of the filter's own memory. */
  RECALL: 0x60,
  STORE: 0x02,
  /** ALU | AND | K. */
  AND: 0x54,
  /** MISC | TAX, MISC | TXA: to and from the other register. */
  TO_INDEX: 0x07,
  FROM_INDEX: 0x87,
  /** JMP | JA. */
  GO: 0x05,
  /** JMP | JEQ | K and its like. */
  IF_EQUAL: 0x15,
  IF_GREATER: 0x25,
  IF_NOT_LESS: 0x35,
  IF_ANY_BIT: 0x45,
  /** RET | K. */
  RETURN: 0x06,
} as const;
