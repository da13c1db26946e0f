import { test } from "tap";
import { CALLS } from "../../lib/linux/calls.ts";
import { argumentText, callText, type Printable } from "../../lib/linux/strace.ts";
import { type SyscallName, syscallNumber } from "../../lib/linux/syscalls.ts";

const uint32 = (...numbers: number[]): Uint8Array => new Uint8Array(new Uint32Array(numbers).buffer);
const uint64 = (...numbers: bigint[]): Uint8Array => new Uint8Array(new BigUint64Array(numbers).buffer);
const words = (...items: Printable[]): Printable => ({ words: items });
const named = (name: string): Printable => ({ name });
const AT_FDCWD = -100;

const CASES: readonly (readonly [SyscallName, readonly Printable[], string])[] = [
  ["getpid", [], "getpid()"],
  ["mount", ["proc", "/proc", "proc", 6, 0], 'mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV, NULL)'],
  [
    "openat2",
    [named("rootfd"), "proc", words(0x280000, 0, 0x12), 24],
    'openat2(rootfd, "proc", {flags=O_CLOEXEC|O_PATH, resolve=RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24)',
  ],
  ["openat2", [3, "x", uint64(0x280000n, 0o644n, 0n), 24], 'openat2(3, "x", {flags=O_CLOEXEC|O_PATH, mode=0644}, 24)'],
  ["openat", [AT_FDCWD, "/x", 0x80000, 0], 'openat(AT_FDCWD, "/x", O_RDONLY|O_CLOEXEC, 0)'],
  ["mkdirat", [5, "x", 0o1777], 'mkdirat(5, "x", 01777)'],
  ["mknodat", [5, "null", 0o20666, 0x103], 'mknodat(5, "null", S_IFCHR|0666, makedev(1, 3))'],
  ["fchownat", [5, "", 1000, 0xffffffff, 0x1000], 'fchownat(5, "", 1000, -1, AT_EMPTY_PATH)'],
  ["setresuid", [0, -1, 4294967295], "setresuid(0, -1, -1)"],
  ["prctl", [4, 0, 0, 0, 0], "prctl(PR_SET_DUMPABLE, 0)"],
  ["prctl", [47, 2, 21, 0, 0], "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN)"],
  ["prctl", [47, 4, 0, 0, 0], "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)"],
  ["prctl", [4, 0, 1, 0, 0], "prctl(PR_SET_DUMPABLE, 0, 1, 0, 0)"],
  ["prctl", [9999, 1], "prctl(0x270f, 1)"],
  ["ioctl", [named("slave"), 0x540e, 0], "ioctl(slave, TIOCSCTTY, 0)"],
  ["ioctl", [3, 0x5414, new Uint8Array([24, 0, 80, 0, 0, 0, 0, 0])], "ioctl(3, TIOCSWINSZ, {ws_row=24, ws_col=80})"],
  ["fcntl", [3, 1033, 15], "fcntl(3, F_ADD_SEALS, F_SEAL_SEAL|F_SEAL_SHRINK|F_SEAL_GROW|F_SEAL_WRITE)"],
  ["keyctl", [1, "_ses.c1"], 'keyctl(KEYCTL_JOIN_SESSION_KEYRING, "_ses.c1")'],
  ["keyctl", [5, -3, 0x3f3f0000], "keyctl(KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, 0x3f3f0000)"],
  [
    "prlimit64",
    [0, 7, uint64(1024n, 2n ** 64n - 1n), 0],
    "prlimit64(0, RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=RLIM64_INFINITY}, NULL)",
  ],
  [
    "capset",
    [uint32(0x20080522, 0), uint32(1, 3, 0, 0x100, 0, 0)],
    "capset({version=0x20080522}, " +
      "{effective=CAP_CHOWN, permitted=CAP_CHOWN|CAP_DAC_OVERRIDE, inheritable=0, effective=CAP_CHECKPOINT_RESTORE})",
  ],
  [
    "clone3",
    [words(0x20020000 + 0x200000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 6), 88],
    "clone3({flags=CLONE_NEWNS|CLONE_NEWPID|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, cgroup=6}, 88)",
  ],
  [
    "execve",
    ["/bin/sh", words("sh", "-c", 'echo "x"', 0), words("SECRET=1", 0)],
    'execve("/bin/sh", ["sh", "-c", "echo \\"x\\""], [/* 1 vars */])',
  ],
  ["statx", [3, "", 0x1000, 0x7ff, named("status")], 'statx(3, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status)'],
  ["setgroups", [2, uint32(1, 1000)], "setgroups(2, [1, 1000])"],
  ["rt_sigprocmask", [2, new Uint8Array(8), 0, 8], "rt_sigprocmask(SIG_SETMASK, [], NULL, 8)"],
  ["rt_sigprocmask", [0, uint64(1n << 16n), 0, 8], "rt_sigprocmask(SIG_BLOCK, [SIGCHLD], NULL, 8)"],
  ["rt_sigprocmask", [0, uint64(~(1n << 8n)), 0, 8], "rt_sigprocmask(SIG_BLOCK, ~[SIGKILL], NULL, 8)"],
  [
    "recvmsg",
    [5, words(0, 0, words(named("go"), 1), 1, named("control"), 24, 0), 0x40000000],
    "recvmsg(5, {msg_iov={iov_base=go, iov_len=1}, msg_iovlen=1, msg_control=control, msg_controllen=24}, MSG_CMSG_CLOEXEC)",
  ],
  ["ioprio_set", [1, 0, (2 << 13) | 4], "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))"],
  ["seccomp", [1, 0, words(12, new Uint8Array(96))], "seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=12, filter=[...]})"],
  ["write", [3, new Uint8Array([0x61, 0x22, 0, 0xff]), 4], 'write(3, "a\\"\\0\\377", 4)'],
  ["unlinkat", [3, new Uint8Array([0x61, 0xff, 0]), 0], 'unlinkat(3, "a\\377", 0)'],
  [
    "ppoll",
    [words(0x100000005, 0), 1, words(5, 0), 0, 8],
    "ppoll({fd=5, events=POLLIN}, 1, {tv_sec=5, tv_nsec=0}, NULL, 8)",
  ],
  ["io_uring_setup", [3, 0x1234, "abc", -1], 'io_uring_setup(3, 0x1234, "abc", -1)'],
  ["kill", [1, named("toString")], "kill(1, toString)"],
  [
    "sched_setattr",
    [0, uint32(56, 0, 1, 0, -5, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0],
    "sched_setattr(0, {size=56, sched_policy=SCHED_OTHER, sched_flags=SCHED_FLAG_RESET_ON_FORK, sched_nice=-5}, 0)",
  ],
];

for (const [call, args, text] of CASES) {
  test(`callText(): ${text.slice(0, 80)}`, (t) => {
    t.equal(callText(call, args), text);
    t.end();
  });
}

test("callText() cuts long texts off", (t) => {
  t.equal(callText("chdir", ["x".repeat(300)]), `chdir("${"x".repeat(256)}"...)`);
  t.end();
});

test("argumentText() goes by looks", (t) => {
  const cases: [Printable, string][] = [
    [7, "7"],
    [0x1000, "0x1000"],
    [-2, "-2"],
    ["a\nb", '"a\\nb"'],
    [named("fd"), "fd"],
    [words(1, "x"), '[1, "x"]'],
  ];
  for (const [value, text] of cases) t.equal(argumentText(value), text);
  t.end();
});

test("the table is about calls that there are, with six arguments at most", (t) => {
  for (const [name, kinds] of Object.entries(CALLS)) {
    t.type(syscallNumber("x86-64", name as SyscallName), "number", name);
    t.ok(kinds.length <= 6, name);
  }
  t.end();
});
