/** config-linux.md § Seccomp, args: which arguments of a real system call an operator catches. */
import { test } from "tap";
import { only, results } from "../support/seccomp.ts";
import { ERRNO, SYSCALL } from "../support/syscalls.ts";

/** An operator with its value, or values; which first arguments of lseek(fd) on a closed descriptor it catches. */
const OPERATORS: readonly { op: string; value: bigint; valueTwo?: bigint; catches: string[]; spares: string[] }[] = [
  { op: "SCMP_CMP_EQ", value: 700n, catches: ["700"], spares: ["699", "701"] },
  { op: "SCMP_CMP_NE", value: 700n, catches: ["699", "701"], spares: ["700"] },
  { op: "SCMP_CMP_LT", value: 700n, catches: ["699"], spares: ["700", "701"] },
  { op: "SCMP_CMP_LE", value: 700n, catches: ["699", "700"], spares: ["701"] },
  { op: "SCMP_CMP_GT", value: 700n, catches: ["701"], spares: ["699", "700"] },
  { op: "SCMP_CMP_GE", value: 700n, catches: ["700", "701"], spares: ["699"] },
  { op: "SCMP_CMP_MASKED_EQ", value: 0xf0n, valueTwo: 0x30n, catches: ["0x31", "0xf3f"], spares: ["0x41", "0x1f1"] },
  // All 64 bits count.
  {
    op: "SCMP_CMP_EQ",
    value: 0xffffffff00000001n,
    catches: ["0xffffffff00000001"],
    spares: ["1", "0xfffffffe00000001"],
  },
  {
    op: "SCMP_CMP_GT",
    value: 0x1_0000_0000n,
    catches: ["0x100000001", "0x200000000"],
    spares: ["0xffffffff", "0x100000000"],
  },
  { op: "SCMP_CMP_EQ", value: 0xffffffffffffffffn, catches: ["0xffffffffffffffff"], spares: ["0xffffffff"] },
];

for (const { op, value, valueTwo, catches, spares } of OPERATORS) {
  test(`operator: ${op} ${value}${valueTwo === undefined ? "" : ` ${valueTwo}`}`, async (t) => {
    // The second argument of close_range: with flags that are none it fails with EINVAL unless the filter is faster.
    const args = [{ index: 1, value, op, ...(valueTwo === undefined ? {} : { valueTwo }) }];
    const seccomp = only({ names: ["close_range"], action: "SCMP_ACT_ERRNO", errnoRet: ERRNO.EXDEV, args });
    const calls = [...catches, ...spares].map((second) => `${SYSCALL.close_range} 0xffffffffff ${second} 0x700000`);
    const expected = [...catches.map(() => `-${ERRNO.EXDEV}`), ...spares.map(() => `-${ERRNO.EINVAL}`)];
    t.same(await results(t, seccomp, calls), expected);
  });
}

test("several args of one rule must all hold; several rules are alternatives", async (t) => {
  const when = (index: number, value: number) => ({ index, value, op: "SCMP_CMP_EQ" });
  const both = {
    names: ["close_range"],
    action: "SCMP_ACT_ERRNO",
    errnoRet: ERRNO.EXDEV,
    args: [when(0, 900), when(1, 901)],
  };
  const other = { names: ["close_range"], action: "SCMP_ACT_ERRNO", errnoRet: ERRNO.EXDEV, args: [when(0, 800)] };
  const calls = ["900 901", "900 902", "899 901", "800 5"].map((args) => `${SYSCALL.close_range} ${args} 0x700000`);
  t.same(
    await results(t, only(both, other), calls),
    [ERRNO.EXDEV, ERRNO.EINVAL, ERRNO.EINVAL, ERRNO.EXDEV].map((errno) => `-${errno}`),
  );
});

test("two values of the same argument in one rule are alternatives, as runc has it", async (t) => {
  const args = [900, 901].map((value) => ({ index: 0, value, op: "SCMP_CMP_EQ" }));
  const seccomp = only({ names: ["close_range"], action: "SCMP_ACT_ERRNO", errnoRet: ERRNO.EXDEV, args });
  const calls = ["900", "901", "902"].map((first) => `${SYSCALL.close_range} ${first} 5 0x700000`);
  t.same(
    await results(t, seccomp, calls),
    [ERRNO.EXDEV, ERRNO.EXDEV, ERRNO.EINVAL].map((errno) => `-${errno}`),
  );
});
