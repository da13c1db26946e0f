import { test } from "tap";
import { BPF_ATTR, BPF_ATTR_SIZE, BPF_OP, BPF_PROG_INFO, instruction } from "../../lib/linux/bpf.ts";
import { noCompiler, valuesInC } from "./c.ts";

test("instruction() packs as struct bpf_insn", async (t) => {
  const bytes = new Uint8Array(
    new BigUint64Array([instruction(0x61, { to: 2, from: 1, offset: -2, value: -7 })]).buffer,
  );
  t.strictSame([...bytes], [0x61, 0x12, 0xfe, 0xff, 0xf9, 0xff, 0xff, 0xff]);
});

test("opcodes and offsets are the kernel's", { skip: noCompiler }, async (t) => {
  const offset = (member: string) => `offsetof(union bpf_attr, ${member})`;
  const { PROG_LOAD, PROG_ATTACH, PROG_QUERY, PROG_GET_FD_BY_ID, OBJ_GET_INFO_BY_FD } = BPF_ATTR;
  const expected: Record<string, number> = {
    "BPF_LDX | BPF_MEM | BPF_W": BPF_OP.LOAD,
    "BPF_ALU64 | BPF_MOV | BPF_K": BPF_OP.MOV,
    "BPF_ALU | BPF_MOV | BPF_X": BPF_OP.MOV_FROM,
    "BPF_ALU | BPF_AND | BPF_K": BPF_OP.AND,
    "BPF_ALU | BPF_RSH | BPF_K": BPF_OP.SHIFT_RIGHT,
    "BPF_JMP | BPF_JA": BPF_OP.GO,
    "BPF_JMP32 | BPF_JNE | BPF_K": BPF_OP.IF_NOT_EQUAL,
    "BPF_JMP32 | BPF_JSET | BPF_K": BPF_OP.IF_ANY_BIT,
    "BPF_JMP | BPF_EXIT": BPF_OP.EXIT,
    [offset("prog_type")]: PROG_LOAD.type,
    [offset("insn_cnt")]: PROG_LOAD.count,
    [offset("insns")]: PROG_LOAD.instructions,
    [offset("license")]: PROG_LOAD.license,
    [offset("prog_name")]: PROG_LOAD.name,
    [offset("target_fd")]: PROG_ATTACH.target,
    [offset("attach_bpf_fd")]: PROG_ATTACH.program,
    [offset("attach_type")]: PROG_ATTACH.type,
    [offset("attach_flags")]: PROG_ATTACH.flags,
    [offset("replace_bpf_fd")]: PROG_ATTACH.replaced,
    [offset("query.target_fd")]: PROG_QUERY.target,
    [offset("query.attach_type")]: PROG_QUERY.type,
    [offset("query.prog_ids")]: PROG_QUERY.ids,
    [offset("query.prog_cnt")]: PROG_QUERY.count,
    [offset("prog_id")]: PROG_GET_FD_BY_ID.id,
    [offset("info.bpf_fd")]: OBJ_GET_INFO_BY_FD.program,
    [offset("info.info_len")]: OBJ_GET_INFO_BY_FD.length,
    [offset("info.info")]: OBJ_GET_INFO_BY_FD.info,
    "offsetof(struct bpf_prog_info, name)": BPF_PROG_INFO.name,
  };
  const values = valuesInC("#include <linux/bpf.h>\n#include <stddef.h>", [
    ...Object.keys(expected),
    "sizeof(union bpf_attr)",
  ]);
  for (const [expression, value] of Object.entries(expected))
    t.equal(values.get(expression), BigInt(value), expression);
  t.ok((values.get("sizeof(union bpf_attr)") ?? 0n) <= BigInt(BPF_ATTR_SIZE));
});
