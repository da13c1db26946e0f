import { test } from "tap";
import { AARCH64 } from "../../lib/program/aarch64.ts";
import { compile } from "../../lib/program/compile.ts";
import { elf } from "../../lib/program/elf.ts";
import { call, type Step, slot, words } from "../../lib/program/step.ts";
import { X86_64 } from "../../lib/program/x86-64.ts";
import { encode } from "./run.ts";

const doubles = (...values: number[]): Buffer => Buffer.from(new Float64Array(values).buffer);
const integers = (...values: number[]): Buffer => Buffer.from(new BigUint64Array(values.map(BigInt)).buffer);
const hex = (...parts: string[]): Buffer => Buffer.from(parts.join(""), "hex");

const MACHINES = [
  { name: "x86-64", code: X86_64.code, machine: "3e00", memfd_create: 319, writev: 20, exit_group: 231 },
  { name: "aarch64", code: AARCH64.code, machine: "b700", memfd_create: 279, writev: 66, exit_group: 94 },
] as const;

for (const { name, code, machine, memfd_create, writev, exit_group } of MACHINES) {
  test(`${name}: the file of a small program, byte by byte`, (t) => {
    const file = slot("file");
    const steps: Step[] = [
      call("make a file", "memfd_create", ["x", 1], { result: file }),
      call("write to it", "writev", [file, words("hi\n", 3), 1], { tolerate: [28] }),
    ];
    const expected = Buffer.concat([
      // Elf64_Ehdr
      hex("7f454c46020101000000000000000000", "0200", machine, "01000000", "0001400000000000", "4000000000000000"),
      hex("0000000000000000", "00000000", "4000", "3800", "0300", "0000", "0000", "0000"),
      // Elf64_Phdr: PT_LOAD, R and X, of the whole file
      hex("01000000", "05000000", "0000000000000000", "0000400000000000", "0000400000000000"),
      hex("7005000000000000", "7005000000000000", "0000010000000000"),
      // PT_LOAD, R and W, of no bytes of the file
      hex("01000000", "06000000", "0000000000000000", "0000ff0f00000000", "0000ff0f00000000"),
      hex("0000000000000000", "2800010000000000", "0000010000000000"),
      // PT_GNU_STACK, R and W
      hex("51e57464", "06000000", "0000000000000000", "0000000000000000", "0000000000000000"),
      hex("0000000000000000", "0000000000000000", "0000010000000000"),
      // What the code is told: the rows, the image and its size
      integers(0x400408, 0x400548, 40),
      code,
      Buffer.alloc(1024 - 256 - code.length),
      Buffer.from("x\0hi\n\0\0\0"),
      // The first row is none.
      doubles(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      doubles(memfd_create, 0x400400, 1, 0, 0, 0, 0, 1, 0x10000000 - 24, 0),
      doubles(writev, 0x10000000 - 24, 0x10000000, 1, 0, 0, 0, 0x100000 + 2, 0, 0x10000000 + 24),
      doubles(exit_group, 0, 0, 0, 0, 0, 0, 2, 0, 0),
      // The words with a 0 after them, the errnos with one
      integers(0x400402, 3, 0, 28, 0),
    ]);
    t.equal(Buffer.from(compile(steps, name, encode).elf).toString("hex"), expected.toString("hex"));
    t.end();
  });
}

test("elf() puts the end of zeroed memory on a page that any kernel has", (t) => {
  const nothing = new Uint8Array(0);
  for (const zeroed of [8, 0x10000, 0x10008, 1 << 20]) {
    const view = new DataView(elf(X86_64, { strings: nothing, rows: nothing, image: nothing, zeroed }).buffer);
    const vaddr = view.getUint32(64 + 56 + 16, true);
    t.equal(vaddr % 0x10000, 0, `${zeroed}`);
    t.ok(vaddr <= 0x10000000 - zeroed && vaddr > 0x10000000 - zeroed - 0x10000, `${zeroed}`);
    t.equal(vaddr + view.getUint32(64 + 56 + 40, true), 0x10000000);
  }
  t.end();
});
