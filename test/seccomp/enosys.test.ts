import { test } from "tap";
import { AUDIT_ARCH } from "../../lib/linux/seccomp.ts";
import { answer } from "../../lib/seccomp/answer.ts";
import { enosysPrefix, type LastCalls } from "../../lib/seccomp/enosys.ts";

const ENOSYS = 0x00050026;
const ALLOW = 0x7fff0000;
const X32 = 0x40000000;

/** `ret ALLOW`: what comes to the filter itself. */
const FILTER = new Uint8Array([6, 0, 0, 0, 0, 0, 0xff, 0x7f]);

const { X86_64: x86_64, I386: i386, AARCH64: aarch64 } = AUDIT_ARCH;
const NATIVE: LastCalls = { audit: x86_64, last: 400 };
const WITH_X32: LastCalls = { audit: x86_64, last: 400, lastX32: X32 + 500 };
const COMPAT: LastCalls = { audit: i386, last: 450 };

function prefixed(architectures: readonly LastCalls[]): Uint8Array {
  return new Uint8Array([...enosysPrefix(architectures), ...FILTER]);
}

const CASES: { name: string; architectures: LastCalls[]; calls: [number, number, number][] }[] = [
  {
    name: "x86-64 alone: x32 calls are not its own",
    architectures: [NATIVE],
    calls: [
      [x86_64, 0, ALLOW],
      [x86_64, 400, ALLOW],
      [x86_64, 401, ENOSYS],
      [x86_64, X32 + 401, ALLOW],
      [x86_64, 0xffffffff, ALLOW],
      [i386, 401, ALLOW],
    ],
  },
  {
    name: "x86-64, x32 and i386: each with its own last call",
    architectures: [WITH_X32, COMPAT],
    calls: [
      [x86_64, 400, ALLOW],
      [x86_64, 401, ENOSYS],
      [x86_64, X32 + 500, ALLOW],
      [x86_64, X32 + 501, ENOSYS],
      [i386, 450, ALLOW],
      [i386, 451, ENOSYS],
      [aarch64, 451, ALLOW],
    ],
  },
  {
    name: "i386 before x86-64",
    architectures: [COMPAT, NATIVE],
    calls: [
      [x86_64, 400, ALLOW],
      [x86_64, 401, ENOSYS],
      [i386, 450, ALLOW],
      [i386, 451, ENOSYS],
    ],
  },
  {
    name: "aarch64 has no second set of numbers in bit 30",
    architectures: [{ audit: aarch64, last: 300 }],
    calls: [
      [aarch64, 300, ALLOW],
      [aarch64, 301, ENOSYS],
      [aarch64, X32, ENOSYS],
    ],
  },
  { name: "no architecture: all goes on", architectures: [], calls: [[x86_64, 9999, ALLOW]] },
];

for (const { name, architectures, calls } of CASES) {
  test(`enosysPrefix() of ${name}`, async (t) => {
    const filter = prefixed(architectures);
    for (const [arch, nr, expected] of calls) {
      t.equal(answer(filter, { arch, nr }), expected, `call ${nr} of 0x${arch.toString(16)}`);
    }
  });
}

test("enosysPrefix() is these instructions", async (t) => {
  const hex = Buffer.from(enosysPrefix([COMPAT]))
    .toString("hex")
    .replaceAll(/.{16}/g, "$& ")
    .trim();
  t.equal(hex, "2000000004000000 1500000203000040 2000000000000000 25000102c2010000 0500000001000000 0600000026000500");
});
