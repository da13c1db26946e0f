/** config-linux.md § Seccomp. */
import { equal, ok } from "node:assert/strict";
import { AT } from "../lib/linux/fcntl.ts";
import type { Config } from "../test/support/bundle.ts";
import { calls, statusField } from "./support/asks.ts";
import { must } from "./support/requirement.ts";

export const SECTION = "config-linux.md § Seccomp";
const ACTIONS = "A valid list of constants as of libseccomp v2.6.0 is shown below.";

/** A filter that allows all but what `syscalls` say. */
export const profile = (...syscalls: Config[]): Config => ({
  linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls } },
});
/** What is done with getpriority(2). */
export const rule = (action: string, more: Config = {}): Config => ({ names: ["getpriority"], action, ...more });

/** A harmless call, and one beside it that no rule is about. */
const asks = { call: calls("getpriority", 0, 0), other: calls("getppid") };

must("seccomp-errno", SECTION, "The default is EPERM.", async (c) => {
  const { call, other } = await c.ask(asks, profile(rule("SCMP_ACT_ERRNO")));
  equal(call, "EPERM");
  equal(typeof other, "number");
});

must(
  "seccomp-errno-ret",
  SECTION,
  "errnoRet (uint, OPTIONAL) - the errno return code to use.",
  async (c) => {
    equal((await c.ask(asks, profile(rule("SCMP_ACT_ERRNO", { errnoRet: 95 })))).call, "EOPNOTSUPP");
  },
  { since: "1.1" },
);

/** What a runtime and the observer call once the filter is there. */
const NEEDED = (
  "write exit_group getpid getppid execve read openat close futex fcntl brk mmap fstat newfstatat prctl rt_sigaction " +
  "sigaltstack nanosleep epoll_pwait gettid tgkill madvise getcwd chdir setgroups setgid setuid capget capset " +
  "getdents64 close_range epoll_ctl statx readlinkat fstatfs statfs setresuid setresgid setsid lseek dup3 " +
  "rt_sigprocmask rt_sigreturn munmap mprotect faccessat faccessat2 access stat lstat sendmsg recvmsg"
).split(" ");

must(
  "seccomp-default-errno-ret",
  SECTION,
  "defaultErrnoRet (uint, OPTIONAL) - the errno return code to use.",
  async (c) => {
    const seccomp = {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      syscalls: [{ names: NEEDED, action: "SCMP_ACT_ALLOW" }],
    };
    equal((await c.ask(asks, { linux: { seccomp } })).call, "ENOSYS");
  },
  { since: "1.1" },
);

must("seccomp-allow", SECTION, ACTIONS, async (c) => {
  equal(typeof (await c.ask(asks, profile(rule("SCMP_ACT_ALLOW")))).call, "number");
});

must(
  "seccomp-log",
  SECTION,
  ACTIONS,
  async (c) => {
    equal(typeof (await c.ask(asks, profile(rule("SCMP_ACT_LOG")))).call, "number");
  },
  { since: "1.0.2" },
);

must("seccomp-trace", SECTION, ACTIONS, async (c) => {
  // Nobody traces: the call answers ENOSYS.
  equal((await c.ask(asks, profile(rule("SCMP_ACT_TRACE")))).call, "ENOSYS");
});

const DEADLY = { KILL: "1.0", KILL_THREAD: "1.1", KILL_PROCESS: "1.1", TRAP: "1.0" } as const;
for (const [action, since] of Object.entries(DEADLY)) {
  must(
    `seccomp-${action.toLowerCase()}`,
    SECTION,
    ACTIONS,
    async (c) => {
      c.prepare(profile(rule(`SCMP_ACT_${action}`)), { call: asks.call });
      const { code } = await c.run();
      equal(code, 128 + 31, "the program ends by SIGSYS");
    },
    { since },
  );
}

const OPERATORS: Readonly<Record<string, readonly [Config, hits: number, misses: number]>> = {
  NE: [{ value: 5 }, 6, 5],
  LT: [{ value: 5 }, 4, 5],
  LE: [{ value: 5 }, 5, 6],
  EQ: [{ value: 5 }, 5, 6],
  GE: [{ value: 5 }, 5, 4],
  GT: [{ value: 5 }, 6, 5],
  MASKED_EQ: [{ value: 0xf0, valueTwo: 0x50 }, 0x5f, 0x60],
};
for (const [op, [value, hits, misses]] of Object.entries(OPERATORS)) {
  must(
    `seccomp-operator-${op}`,
    SECTION,
    "op (string, REQUIRED) - the operator for syscall arguments in seccomp.",
    async (c) => {
      const args = [{ index: 1, op: `SCMP_CMP_${op}`, ...value }];
      const both = { hit: calls("getpriority", 0, hits), miss: calls("getpriority", 0, misses) };
      const { hit, miss } = await c.ask(
        both,
        profile({ names: ["getpriority"], action: "SCMP_ACT_ERRNO", errnoRet: 95, args }),
      );
      equal(hit, "EOPNOTSUPP");
      ok(miss !== "EOPNOTSUPP", `the other value: ${miss}`);
    },
  );
}

must(
  "seccomp-two-arguments",
  SECTION,
  "args (array of objects, OPTIONAL) - the specific syscall in seccomp.",
  async (c) => {
    const args = [
      { index: 0, value: 1, op: "SCMP_CMP_EQ" },
      { index: 1, value: 7, op: "SCMP_CMP_EQ" },
    ];
    const pairs = {
      both: calls("getpriority", 1, 7),
      first: calls("getpriority", 1, 8),
      second: calls("getpriority", 0, 7),
    };
    const { both, first, second } = await c.ask(
      pairs,
      profile({ names: ["getpriority"], action: "SCMP_ACT_ERRNO", errnoRet: 95, args }),
    );
    equal(both, "EOPNOTSUPP");
    ok(first !== "EOPNOTSUPP" && second !== "EOPNOTSUPP", `one alone: ${first}, ${second}`);
  },
);

must(
  "seccomp-unknown-call-ignored",
  "config.md § Valid values",
  "Unless support for a valid value is explicitly required, runtimes MAY choose which subset of the valid values it will support.",
  async (c) => {
    // A profile names the calls of all kernels and machines.
    const { call } = await c.ask(
      asks,
      profile({ names: ["getpriority", "s390_pci_mmio_write"], action: "SCMP_ACT_ERRNO" }),
    );
    equal(call, "EPERM");
  },
);

must("seccomp-mode", SECTION, "Seccomp provides application sandboxing mechanism in the Linux kernel.", async (c) => {
  equal((await c.ask({ mode: statusField("Seccomp") }, profile(rule("SCMP_ACT_ERRNO")))).mode, "2");
});

must("seccomp-not-set", SECTION, "seccomp (object, OPTIONAL)", async (c) => {
  equal((await c.ask({ mode: statusField("Seccomp") })).mode, "0");
});

must(
  "seccomp-with-no-new-privileges",
  SECTION,
  "Seccomp provides application sandboxing mechanism in the Linux kernel.",
  async (c) => {
    const user = { uid: 1000, gid: 1000 };
    const { call } = await c.ask(asks, {
      ...profile(rule("SCMP_ACT_ERRNO")),
      process: { user, noNewPrivileges: true, capabilities: {} },
    });
    equal(call, "EPERM");
  },
);

for (const flag of ["LOG", "SPEC_ALLOW", "TSYNC"]) {
  must(
    `seccomp-flag-${flag}`,
    SECTION,
    "flags (array of strings, OPTIONAL) - list of flags to use with seccomp(2).",
    async (c) => {
      const seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        flags: [`SECCOMP_FILTER_FLAG_${flag}`],
        syscalls: [rule("SCMP_ACT_ERRNO")],
      };
      equal((await c.askIfSupported(asks, { linux: { seccomp } })).call, "EPERM");
    },
    { since: "1.0.2" },
  );
}

must(
  "seccomp-32-bit",
  SECTION,
  "architectures (array of strings, OPTIONAL) - the architecture used for system calls.",
  async (c) => {
    const architectures =
      process.arch === "arm64"
        ? ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
        : ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"];
    const seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures, syscalls: [rule("SCMP_ACT_ERRNO")] };
    equal((await c.ask(asks, { linux: { seccomp } })).call, "EPERM");
  },
);

must(
  "seccomp-argument-of-path-calls",
  SECTION,
  "value (uint64, REQUIRED) - the value for syscall arguments in seccomp.",
  async (c) => {
    const args = [{ index: 2, value: 0o755, op: "SCMP_CMP_EQ" }];
    const { made, other } = await c.ask(
      { made: calls("mkdirat", AT.FDCWD, "/one", 0o755), other: calls("mkdirat", AT.FDCWD, "/two", 0o700) },
      profile({ names: ["mkdirat"], action: "SCMP_ACT_ERRNO", args }),
    );
    equal(made, "EPERM");
    equal(other, 0);
  },
);
