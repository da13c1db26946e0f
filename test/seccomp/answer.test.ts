import { test } from "tap";
import { AUDIT_ARCH } from "../../lib/linux/seccomp.ts";
import { answer } from "../../lib/seccomp/answer.ts";
import { instructions as filter } from "../support/instructions.ts";

const CALL = { arch: AUDIT_ARCH.X86_64, nr: 59 };

test("a filter looks at number, architecture and arguments", async (t) => {
  const byNumber = filter([0x20, 0, 0, 0], [0x15, 0, 1, 59], [0x06, 0, 0, 1], [0x06, 0, 0, 2]);
  t.equal(answer(byNumber, CALL), 1);
  t.equal(answer(byNumber, { ...CALL, nr: 60 }), 2);
  const byArch = filter([0x20, 0, 0, 4], [0x15, 1, 0, AUDIT_ARCH.I386], [0x06, 0, 0, 1], [0x06, 0, 0, 2]);
  t.equal(answer(byArch, CALL), 1);
  t.equal(answer(byArch, { ...CALL, arch: AUDIT_ARCH.I386 }), 2);
  const byArgument = filter([0x20, 0, 0, 24], [0x25, 0, 1, 6], [0x06, 0, 0, 1], [0x06, 0, 0, 2]);
  t.equal(answer(byArgument, { ...CALL, args: [0, 7] }), 1);
  t.equal(answer(byArgument, CALL), 2, "an argument that is not known is 0");
});

test("an instruction that libseccomp does not make, and a filter without an end, are errors", async (t) => {
  t.throws(() => answer(filter([0xffff, 0, 0, 0]), CALL), { message: /instruction 0 has the code 0xffff/ });
  t.throws(() => answer(filter([0x20, 0, 0, 0]), CALL), { message: /has no answer/ });
});
