/** What the filters of compile.ts answer, call by call, on the machine's own libseccomp. */
import { spawnSync } from "node:child_process";
import { test } from "tap";
import type { Seccomp, SeccompArg, SeccompSyscall } from "../../lib/config/schema.ts";
import { AUDIT_ARCH } from "../../lib/linux/seccomp.ts";
import { answer } from "../../lib/seccomp/answer.ts";
import { program } from "./compiler.ts";

const compiler = await program(new URL("compile-main.ts", import.meta.url));

function run(profile: Seccomp): { filter: Uint8Array; error: string } {
  const text = JSON.stringify(profile, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
  const { stdout, stderr, status } = spawnSync(compiler, [text]);
  return { filter: status === 0 ? stdout : new Uint8Array(0), error: stderr.toString() };
}

const NATIVE = process.arch === "arm64" ? AUDIT_ARCH.AARCH64 : AUDIT_ARCH.X86_64;
/** The numbers of a few calls. */
const NR =
  process.arch === "arm64"
    ? { read: 63, write: 64, personality: 92, mount: 40, mkdirat: 34, close_range: 436, futex_waitv: 449 }
    : { read: 0, write: 1, personality: 135, mount: 165, mkdirat: 258, close_range: 436, futex_waitv: 449 };

const KILL = 0;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const ALLOW = 0x7fff0000;

const actions: { action: SeccompSyscall["action"]; errnoRet?: number; number: number }[] = [
  { action: "SCMP_ACT_KILL", number: 0 },
  { action: "SCMP_ACT_KILL_THREAD", number: 0 },
  { action: "SCMP_ACT_KILL_PROCESS", number: 0x80000000 },
  { action: "SCMP_ACT_TRAP", number: 0x00030000 },
  { action: "SCMP_ACT_ERRNO", number: EPERM },
  { action: "SCMP_ACT_ERRNO", errnoRet: 13, number: 0x0005000d },
  { action: "SCMP_ACT_TRACE", number: 0x7ff00001 },
  { action: "SCMP_ACT_TRACE", errnoRet: 258, number: 0x7ff00102 },
  { action: "SCMP_ACT_LOG", number: 0x7ffc0000 },
  { action: "SCMP_ACT_NOTIFY", number: 0x7fc00000 },
];

for (const { action, errnoRet, number } of actions) {
  test(`compile(): ${action}${errnoRet === undefined ? "" : ` with ${errnoRet}`} of a call`, async (t) => {
    const entry = { action, ...(errnoRet === undefined ? {} : { errnoRet }) };
    const { filter, error } = run({
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["mkdirat", "mount"], ...entry }],
    });
    t.equal(error, "");
    for (const nr of [NR.mkdirat, NR.mount]) t.equal(answer(filter, { arch: NATIVE, nr }), number);
    t.equal(answer(filter, { arch: NATIVE, nr: NR.read }), ALLOW);
    t.equal(answer(filter, { arch: 0x12345678, nr: NR.read }), KILL, "of an architecture that is not in the profile");
  });
}

for (const { action, errnoRet, number } of actions.filter(({ action }) => action !== "SCMP_ACT_NOTIFY")) {
  test(`compile(): ${action}${errnoRet === undefined ? "" : ` with ${errnoRet}`} by default`, async (t) => {
    const profile = { defaultAction: action, ...(errnoRet === undefined ? {} : { defaultErrnoRet: errnoRet }) };
    const { filter } = run({ ...profile, syscalls: [{ names: ["close_range"], action: "SCMP_ACT_ALLOW" }] });
    t.equal(answer(filter, { arch: NATIVE, nr: NR.close_range }), ALLOW);
    t.equal(answer(filter, { arch: NATIVE, nr: NR.mount }), number);
    const hidden = action === "SCMP_ACT_TRACE" || action === "SCMP_ACT_LOG" ? number : ENOSYS;
    t.equal(answer(filter, { arch: NATIVE, nr: NR.futex_waitv }), hidden, "a call newer than any in the profile");
  });
}

const meets: Record<SeccompArg["op"], (arg: bigint, value: bigint, two: bigint) => boolean> = {
  SCMP_CMP_NE: (arg, value) => arg !== value,
  SCMP_CMP_LT: (arg, value) => arg < value,
  SCMP_CMP_LE: (arg, value) => arg <= value,
  SCMP_CMP_EQ: (arg, value) => arg === value,
  SCMP_CMP_GE: (arg, value) => arg >= value,
  SCMP_CMP_GT: (arg, value) => arg > value,
  SCMP_CMP_MASKED_EQ: (arg, value, two) => (arg & value) === two,
};
const VALUES = [0n, 5n, 0x1_0000_0005n, 0xffff_ffff_ffff_ffffn];
const MASKED = 0x1_0000_0001n;

for (const [op, isMet] of Object.entries(meets) as [SeccompArg["op"], (typeof meets)["SCMP_CMP_NE"]][]) {
  test(`compile(): ${op} compares all 64 bits`, async (t) => {
    for (const value of VALUES) {
      const two = value & MASKED;
      const args = [{ index: 3, value, valueTwo: two, op }];
      const { filter, error } = run({
        defaultAction: "SCMP_ACT_ERRNO",
        syscalls: [{ names: ["mount"], action: "SCMP_ACT_ALLOW", args }],
      });
      t.equal(error, "");
      for (const other of [...VALUES, 4n, 6n, 0x1_0000_0004n, 0x1_0000_0006n, 0x2_0000_0005n, MASKED]) {
        const call = { arch: NATIVE, nr: NR.mount, args: [7n, 7n, 7n, other] };
        t.equal(
          answer(filter, call),
          isMet(other, value, two) ? ALLOW : EPERM,
          `0x${other.toString(16)} against 0x${value.toString(16)}`,
        );
      }
    }
  });
}

test("compile(): all comparisons of a rule must hold, but any one of those of one argument", async (t) => {
  const profile = (args: SeccompArg[]): Seccomp => {
    return { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["mount"], action: "SCMP_ACT_ALLOW", args }] };
  };
  const is = (index: number, value: number): SeccompArg => ({ index, value, op: "SCMP_CMP_EQ" });
  const cases: [SeccompArg[], number[], number][] = [
    [[is(0, 1), is(1, 2)], [1, 2], ALLOW],
    [[is(0, 1), is(1, 2)], [1, 3], EPERM],
    [[is(0, 1), is(1, 2)], [0, 2], EPERM],
    [[is(0, 1), is(0, 2)], [1, 9], ALLOW],
    [[is(0, 1), is(0, 2)], [2, 9], ALLOW],
    [[is(0, 1), is(0, 2)], [3, 9], EPERM],
    [[is(0, 1), is(0, 2), is(1, 9)], [3, 9], ALLOW],
  ];
  for (const [args, given, expected] of cases) {
    const { filter } = run(profile(args));
    t.equal(answer(filter, { arch: NATIVE, nr: NR.mount, args: given }), expected, JSON.stringify({ args, given }));
  }
});

test("compile(): a call that libseccomp does not know is left out, a rule that says what happens anyway too", async (t) => {
  const syscalls: SeccompSyscall[] = [
    { names: ["no_such_call", "read"], action: "SCMP_ACT_ALLOW" },
    { names: ["mount"], action: "SCMP_ACT_ERRNO", errnoRet: 1 },
  ];
  const { filter, error } = run({ defaultAction: "SCMP_ACT_ERRNO", syscalls });
  t.equal(error, "");
  t.equal(answer(filter, { arch: NATIVE, nr: NR.read }), ALLOW);
  t.equal(answer(filter, { arch: NATIVE, nr: NR.mount }), EPERM);
});

test("compile(): a call newer than libseccomp has its rule on the machine's own architecture", async (t) => {
  const { filter, error } = run({
    defaultAction: "SCMP_ACT_ERRNO",
    architectures: process.arch === "arm64" ? ["SCMP_ARCH_ARM"] : ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: [{ names: ["read", "file_setattr"], action: "SCMP_ACT_ALLOW" }],
  });
  t.equal(error, "");
  const answers = [NR.read, 468, 469, 470].map((nr) => answer(filter, { arch: NATIVE, nr }));
  t.strictSame(answers, [ALLOW, EPERM, ALLOW, ENOSYS]);
});

test("compile(): a profile of no rule, and a long one", async (t) => {
  t.equal(answer(run({ defaultAction: "SCMP_ACT_ERRNO" }).filter, { arch: NATIVE, nr: NR.read }), EPERM);
  const names =
    "accept bind capget chdir chroot clone3 connect dup exit fchdir fcntl flock fsync ftruncate futex getcwd getgid getpid getuid ioctl kill listen lseek madvise mmap mount mprotect munmap openat2 personality pipe2 prctl pread64 read readv recvmsg sendmsg setgid setns setsid socket statx sync tee umask uname unshare wait4 write writev".split(
      " ",
    );
  const { filter } = run({
    defaultAction: "SCMP_ACT_KILL_PROCESS",
    syscalls: [{ names: names as [string], action: "SCMP_ACT_ALLOW" }],
  });
  for (const nr of [NR.read, NR.write, NR.personality, NR.mount]) t.equal(answer(filter, { arch: NATIVE, nr }), ALLOW);
  t.equal(answer(filter, { arch: NATIVE, nr: NR.mkdirat }), 0x80000000);
});

test("compile(): an architecture that is not the machine's has its own numbers", {
  skip: process.arch !== "x64",
}, async (t) => {
  const { filter } = run({
    defaultAction: "SCMP_ACT_ERRNO",
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: [{ names: ["mkdirat", "close_range"], action: "SCMP_ACT_ALLOW" }],
  });
  const X32 = 0x40000000;
  const cases: [number, number, number][] = [
    [AUDIT_ARCH.X86_64, 258, ALLOW],
    [AUDIT_ARCH.X86_64, 296, EPERM],
    [AUDIT_ARCH.X86_64, 437, ENOSYS],
    [AUDIT_ARCH.I386, 296, ALLOW],
    [AUDIT_ARCH.I386, 258, EPERM],
    [AUDIT_ARCH.I386, 437, ENOSYS],
    [AUDIT_ARCH.X86_64, X32 + 258, ALLOW],
    [AUDIT_ARCH.X86_64, X32 + 437, ENOSYS],
    [AUDIT_ARCH.AARCH64, 258, KILL],
  ];
  for (const [arch, nr, expected] of cases)
    t.equal(answer(filter, { arch, nr }), expected, `${arch.toString(16)} ${nr}`);
});

test("compile() names what libseccomp can't take", async (t) => {
  const cases: [Seccomp, RegExp][] = [
    [
      { defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_S390X"] },
      /^linux\.seccomp: add the architecture SCMP_ARCH_S390X: libseccomp answers EDOM: /,
    ],
  ];
  for (const [profile, expected] of cases) t.match(run(profile).error, expected);
});
