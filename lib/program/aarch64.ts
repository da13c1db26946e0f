/**
 * The code of a program on aarch64: see rows.ts. The comments are its source for an assembler; a test holds one against the other.
 *
 * x19 is the row, x20 the first one, x21 the attempt in force as an offset from there, and x22 meta. The kernel changes x0 and no
 * others; there is no stack. The addresses are elf.ts's. ARMv8.0 has no compare-and-swap: ldaxr and stlxr write the report.
 */
import type { Interpreter } from "./rows.ts";

// biome-ignore format: an instruction a line
const CODE = [
  0xd2801d09, // mov x9, 0xe8
  0xf2a00809, // movk x9, 0x40, lsl 16
  0xd2a20000, // mov x0, 0x10000000
  // begin:
  0xa9400534, // ldp x20, x1, [x9]
  0xf9400922, // ldr x2, [x9, 16]
  0x8b020002, // add x2, x0, x2
  // copy:
  0xeb02001f, // cmp x0, x2
  0x54000082, // b.hs copied
  0xf8408423, // ldr x3, [x1], 8
  0xf8008403, // str x3, [x0], 8
  0x17fffffc, // b copy
  // copied:
  0x91014293, // add x19, x20, 80
  0xd2800015, // mov x21, 0
  // row:
  0x6d400660, // ldp d0, d1, [x19]
  0x6d410e62, // ldp d2, d3, [x19, 16]
  0x6d421664, // ldp d4, d5, [x19, 32]
  0x6d431e66, // ldp d6, d7, [x19, 48]
  0x9e780008, // fcvtzs x8, d0
  0x9e780020, // fcvtzs x0, d1
  0x9e780041, // fcvtzs x1, d2
  0x9e780062, // fcvtzs x2, d3
  0x9e780083, // fcvtzs x3, d4
  0x9e7800a4, // fcvtzs x4, d5
  0x9e7800c5, // fcvtzs x5, d6
  0x9e7800f6, // fcvtzs x22, d7
  0x720c2edf, // tst w22, 0xfff00000
  0x54000320, // b.eq loaded
  0x36a00056, // tbz w22, 20, 1f
  0xf9400000, // ldr x0, [x0]
  // 1:
  0x36d00056, // tbz w22, 26, 1f
  0xb9400000, // ldr w0, [x0]
  // 1:
  0x36a80056, // tbz w22, 21, 1f
  0xf9400021, // ldr x1, [x1]
  // 1:
  0x36d80056, // tbz w22, 27, 1f
  0xb9400021, // ldr w1, [x1]
  // 1:
  0x36b00056, // tbz w22, 22, 1f
  0xf9400042, // ldr x2, [x2]
  // 1:
  0x36e00056, // tbz w22, 28, 1f
  0xb9400042, // ldr w2, [x2]
  // 1:
  0x36b80056, // tbz w22, 23, 1f
  0xf9400063, // ldr x3, [x3]
  // 1:
  0x36e80056, // tbz w22, 29, 1f
  0xb9400063, // ldr w3, [x3]
  // 1:
  0x36c00056, // tbz w22, 24, 1f
  0xf9400084, // ldr x4, [x4]
  // 1:
  0x36f00056, // tbz w22, 30, 1f
  0xb9400084, // ldr w4, [x4]
  // 1:
  0x36c80056, // tbz w22, 25, 1f
  0xf94000a5, // ldr x5, [x5]
  // 1:
  0x36f80056, // tbz w22, 31, 1f
  0xb94000a5, // ldr w5, [x5]
  // 1:
  // loaded:
  0xb7f80728, // tbnz x8, 63, other
  0xd4000001, // svc 0
  0xfd402260, // ldr d0, [x19, 64]
  0x9e780009, // fcvtzs x9, d0
  0xb4000049, // cbz x9, kept
  0xf9000120, // str x0, [x9]
  // kept:
  0xb7f80060, // tbnz x0, 63, failed
  // next:
  0x91014273, // add x19, x19, 80
  0x17ffffd2, // b row
  // failed:
  0x4b0003e0, // neg w0, w0
  0x71002c1f, // cmp w0, 11
  0x540000a1, // b.ne 1f
  0xfd400260, // ldr d0, [x19]
  0x9e780009, // fcvtzs x9, d0
  0x7106d53f, // cmp w9, 437
  0x54fff960, // b.eq row
  // 1:
  0xfd402660, // ldr d0, [x19, 72]
  0x9e780009, // fcvtzs x9, d0
  0xb40000a9, // cbz x9, attempts
  // tolerated:
  0xb840852a, // ldr w10, [x9], 8
  0x6b00015f, // cmp w10, w0
  0x54fffe40, // b.eq next
  0x35ffffaa, // cbnz w10, tolerated
  // attempts:
  0xb4000215, // cbz x21, report
  0x8b15028b, // add x11, x20, x21
  0xfd400d60, // ldr d0, [x11, 24]
  0x9e780015, // fcvtzs x21, d0
  0xfd400560, // ldr d0, [x11, 8]
  0x9e780009, // fcvtzs x9, d0
  0xb40000c9, // cbz x9, otherwise
  // caught:
  0xb840852a, // ldr w10, [x9], 8
  0x6b00015f, // cmp w10, w0
  0x54000060, // b.eq otherwise
  0x35ffffaa, // cbnz w10, caught
  0x17fffff5, // b attempts
  // otherwise:
  0xfd400960, // ldr d0, [x11, 16]
  0x9e780013, // fcvtzs x19, d0
  0x8b140273, // add x19, x19, x20
  0x17ffffb4, // b row
  // report:
  0xd29ffe09, // mov x9, 0xfff0
  0xf2a1ffe9, // movk x9, 0x0fff, lsl 16
  0xb940012a, // ldr w10, [x9]
  0x12004ed6, // and w22, w22, 0xfffff
  0x0b0a02d6, // add w22, w22, w10
  0xaa0082d6, // orr x22, x22, x0, lsl 32
  0xd29fff09, // mov x9, 0xfff8
  0xf2a1ffe9, // movk x9, 0x0fff, lsl 16
  0xf9400129, // ldr x9, [x9]
  0xb40000a9, // cbz x9, exit
  // again:
  0xc85ffd2a, // ldaxr x10, [x9]
  0xb500006a, // cbnz x10, exit
  0xc80afd36, // stlxr w10, x22, [x9]
  0x35ffffaa, // cbnz w10, again
  // exit:
  0xd2800020, // mov x0, 1
  0xd2800bc8, // mov x8, 94
  0xd4000001, // svc 0
  0xd4200000, // brk 0
  // other:
  0xb1000508, // adds x8, x8, 1
  0x54000220, // b.eq attempt
  0xb1000508, // adds x8, x8, 1
  0x54000220, // b.eq go
  0xb1000508, // adds x8, x8, 1
  0x54000240, // b.eq when
  0xb1000508, // adds x8, x8, 1
  0x540002a0, // b.eq store4
  0xb1000508, // adds x8, x8, 1
  0x540002a0, // b.eq store8
  0xb1000508, // adds x8, x8, 1
  0x540002a0, // b.eq item
  0xb1000508, // adds x8, x8, 1
  0x54000440, // b.eq clone
  0xb1000508, // adds x8, x8, 1
  0x540004e0, // b.eq rest
  0x4b0003e0, // neg w0, w0
  0x17ffffbf, // b failed
  // attempt:
  0xcb140275, // sub x21, x19, x20
  0x17ffffbb, // b next
  // go:
  0xaa0003f5, // mov x21, x0
  0x8b010293, // add x19, x20, x1
  0x17ffff8b, // b row
  // when:
  0x8a010000, // and x0, x0, x1
  0xeb02001f, // cmp x0, x2
  0x54fff6a0, // b.eq next
  0x8b030293, // add x19, x20, x3
  0x17ffff86, // b row
  // store4:
  0xb9000001, // str w1, [x0]
  0x17ffffb1, // b next
  // store8:
  0xf9000001, // str x1, [x0]
  0x17ffffaf, // b next
  // item:
  0xd29ffe0a, // mov x10, 0xfff0
  0xf2a1ffea, // movk x10, 0x0fff, lsl 16
  0xf9400009, // ldr x9, [x0]
  0xeb01013f, // cmp x9, x1
  0x54000100, // b.eq done
  0xf840852b, // ldr x11, [x9], 8
  0xf900004b, // str x11, [x2]
  0xf9000009, // str x9, [x0]
  0xf940014b, // ldr x11, [x10]
  0x8b04016b, // add x11, x11, x4
  0xf900014b, // str x11, [x10]
  0x17ffffa3, // b next
  // done:
  0xf900015f, // str xzr, [x10]
  0x8b030293, // add x19, x20, x3
  0x17ffff73, // b row
  // clone:
  0xd2803668, // mov x8, 435
  0xd4000001, // svc 0
  0xb7fff3e0, // tbnz x0, 63, failed
  0xb4fff380, // cbz x0, next
  0xf9000040, // str x0, [x2]
  0x8b030293, // add x19, x20, x3
  0x17ffff6c, // b row
  // rest:
  0xaa0003e9, // mov x9, x0
  0xaa0103e0, // mov x0, x1
  0x17ffff5f, // b begin
];

export const AARCH64: Interpreter = { elfMachine: 183, code: new Uint8Array(new Uint32Array(CODE).buffer) };
