/** config-linux.md § Seccomp: what each action, operator, default and flag makes of real system calls, made by the probe. */
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { container, inside, refused } from "../support/container.ts";
import { status } from "../support/host.ts";
import { only, results } from "../support/seccomp.ts";
import { ERRNO, SYSCALL } from "../support/syscalls.ts";

/** A call that a program can do without: `rule` is about it. */
const CALL = "getpgrp" in SYSCALL ? "getpgrp" : "getsid";
const NR = SYSCALL[CALL] as number;

const rule = (action: string, more: object = {}) => ({ names: [CALL], action, ...more });

const ACTIONS: readonly { name: string; seccomp: Config; says: string }[] = [
  { name: "ERRNO gives EPERM", seccomp: only(rule("SCMP_ACT_ERRNO")), says: `-${ERRNO.EPERM}` },
  {
    name: "ERRNO with errnoRet gives that",
    seccomp: only(rule("SCMP_ACT_ERRNO", { errnoRet: ERRNO.ENOENT })),
    says: `-${ERRNO.ENOENT}`,
  },
  {
    name: "ERRNO with errnoRet 0 gives success without effect",
    seccomp: only(rule("SCMP_ACT_ERRNO", { errnoRet: 0 })),
    says: "0",
  },
  { name: "TRACE without a tracer gives ENOSYS", seccomp: only(rule("SCMP_ACT_TRACE")), says: `-${ERRNO.ENOSYS}` },
  { name: "TRAP sends SIGSYS", seccomp: only(rule("SCMP_ACT_TRAP")), says: `trapped ${NR} 0` },
  { name: "LOG allows", seccomp: only(rule("SCMP_ACT_LOG")), says: "1" },
  { name: "ALLOW allows", seccomp: only(rule("SCMP_ACT_ALLOW")), says: "1" },
  { name: "another call is not touched", seccomp: only({ names: ["getsid"], action: "SCMP_ACT_ERRNO" }), says: "1" },
  {
    name: "a call that this machine does not know is passed over",
    seccomp: only({ names: ["no_such_call", CALL], action: "SCMP_ACT_ERRNO" }),
    says: `-${ERRNO.EPERM}`,
  },
];

for (const { name, seccomp, says } of ACTIONS) {
  test(`action: ${name}`, async (t) => {
    t.same(await results(t, seccomp, [`${NR}`]), [says]);
  });
}

for (const [action, code] of [
  ["KILL_PROCESS", 159],
  ["KILL", 159],
] as const) {
  test(`action: ${action} ends the program with SIGSYS`, async (t) => {
    const subject = container(t, {
      process: { args: ["probe", "call", `${NR}`] },
      linux: { seccomp: only(rule(`SCMP_ACT_${action}`)) },
    });
    const { code: answer, stdout } = await subject.run();
    t.equal(answer, code);
    t.equal(stdout, "");
  });
}

for (const [action, says] of [
  ["KILL_THREAD", "killed"],
  ["KILL", "killed"],
  ["ALLOW", "returned"],
] as const) {
  test(`action: ${action} in one thread of two: it is ${says}`, async (t) => {
    const linux = { seccomp: only(rule(`SCMP_ACT_${action}`)) };
    t.equal(await inside(t, `exec probe thread ${NR}`, { linux }), says);
  });
}

test("action: KILL_PROCESS in one thread ends them all", async (t) => {
  const subject = container(t, {
    process: { args: ["probe", "thread", `${NR}`] },
    linux: { seccomp: only(rule("SCMP_ACT_KILL_PROCESS")) },
  });
  t.equal((await subject.run()).code, 159);
});

/** Everything but what the case is about, so that the probe and a shell can run under a default that denies. */
const ALLOWED = Object.keys(SYSCALL).filter(
  (name) => ![CALL, "mkdirat", "mkdir"].includes(name) && (SYSCALL[name] as number) < 400,
);
const NATIVE = process.arch === "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";
const allowing = (more: Config) => ({
  architectures: [NATIVE],
  ...more,
  syscalls: [{ names: ALLOWED, action: "SCMP_ACT_ALLOW" }],
});

const DEFAULTS: readonly { name: string; seccomp: Config; says: string }[] = [
  { name: "ERRNO gives EPERM", seccomp: { defaultAction: "SCMP_ACT_ERRNO" }, says: `-${ERRNO.EPERM}` },
  {
    name: "ERRNO with defaultErrnoRet",
    seccomp: { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: ERRNO.EACCES },
    says: `-${ERRNO.EACCES}`,
  },
  { name: "TRAP", seccomp: { defaultAction: "SCMP_ACT_TRAP" }, says: `trapped ${NR} 0` },
  { name: "LOG", seccomp: { defaultAction: "SCMP_ACT_LOG" }, says: "1" },
];

for (const { name, seccomp, says } of DEFAULTS) {
  test(`default action: ${name}`, async (t) => {
    t.same(await results(t, allowing(seccomp), [`${NR}`]), [says]);
  });
}

const NEWER = 1000;

test("a call newer than all of the profile's answers ENOSYS, so that programs fall back", async (t) => {
  t.same(await results(t, allowing({ defaultAction: "SCMP_ACT_ERRNO" }), [`${NR}`, `${NEWER}`]), [
    `-${ERRNO.EPERM}`,
    `-${ERRNO.ENOSYS}`,
  ]);
  t.same(await results(t, allowing({ defaultAction: "SCMP_ACT_TRAP" }), [`${NR}`, `${NEWER}`]), [
    `trapped ${NR} 0`,
    `-${ERRNO.ENOSYS}`,
  ]);
});

test("with a default that allows, newer calls reach the kernel", async (t) => {
  const call = `${SYSCALL.close_range} 0xffffffff 0 0`;
  t.same(await results(t, only({ names: ["read"], action: "SCMP_ACT_LOG" }), [call]), [`-${ERRNO.EINVAL}`]);
});

test("architectures", {
  skip: process.arch !== "x64" && "x86-64 alone has a second call table that one program can use",
}, async (t) => {
  const GETPID32 = "i20";
  const both = {
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
    ...only({ names: ["getpid"], action: "SCMP_ACT_ERRNO" }),
  };
  t.same(await results(t, both, ["39", GETPID32]), [`-${ERRNO.EPERM}`, `-${ERRNO.EPERM}`], "listed: the same rules");
  const native = { architectures: ["SCMP_ARCH_X86_64"], ...only({ names: ["getsid"], action: "SCMP_ACT_ERRNO" }) };
  const subject = container(t, {
    process: { args: ["probe", "call", "39", "-", GETPID32] },
    linux: { seccomp: native },
  });
  const { code, stdout } = await subject.run();
  t.equal(stdout, "1\n", "not listed: ended");
  t.equal(code, 159);
});

const FLAGS = [
  [],
  ["SECCOMP_FILTER_FLAG_TSYNC"],
  ["SECCOMP_FILTER_FLAG_LOG"],
  ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"],
  ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"],
];

for (const flags of FLAGS) {
  test(`flags ${flags.join(", ") || "none"}`, async (t) => {
    t.same(await results(t, { ...only(rule("SCMP_ACT_ERRNO")), flags }, [`${NR}`]), [`-${ERRNO.EPERM}`]);
  });
}

for (const noNewPrivileges of [true, false]) {
  for (const uid of [0, 1000]) {
    test(`one filter is loaded, for uid ${uid}, with noNewPrivileges ${noNewPrivileges}`, async (t) => {
      const process = { noNewPrivileges, user: { uid, gid: uid }, args: ["cat", "/proc/self/status"] };
      const { stdout, stderr } = await container(t, {
        process,
        linux: { seccomp: only(rule("SCMP_ACT_ERRNO")) },
      }).run();
      t.equal(status(stdout, "Seccomp"), "2", stderr);
      t.equal(status(stdout, "Seccomp_filters"), "1");
      t.equal(status(stdout, "NoNewPrivs"), noNewPrivileges ? "1" : "0");
    });
  }
}

test("a profile need allow no more than what the program itself calls", async (t) => {
  // The runtime's own calls would be seen here: after the filter there is execve, and nothing else.
  const names = [
    "execve",
    "write",
    "exit",
    "exit_group",
    "brk",
    "arch_prctl",
    "set_tid_address",
    "set_robust_list",
    "rseq",
    "prlimit64",
    "readlinkat",
    "readlink",
    "getrandom",
    "mprotect",
    "rt_sigaction",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "newfstatat",
    "fstat",
    "prctl",
  ];
  const seccomp = { defaultAction: "SCMP_ACT_KILL_PROCESS", syscalls: [{ names, action: "SCMP_ACT_ALLOW" }] };
  const { code, stdout, stderr } = await container(t, {
    process: { args: ["/bin/busybox", "echo", "works"] },
    linux: { seccomp },
  }).run();
  t.equal(stdout, "works\n", stderr);
  t.equal(code, 0);
});

test("without seccomp there is no filter", async (t) => {
  t.equal(status(await inside(t, "cat /proc/self/status"), "Seccomp"), "0");
});

test("a profile is refused", async (t) => {
  const seccomp = (value: Config) => ({ linux: { seccomp: value } });
  t.match(await refused(t, seccomp({})), /defaultAction/, "without defaultAction");
  t.match(
    await refused(t, seccomp({ defaultAction: "SCMP_ACT_DANCE" })),
    /SCMP_ACT_DANCE|defaultAction/,
    "with an unknown default",
  );
  t.match(await refused(t, seccomp(only(rule("SCMP_ACT_DANCE")))), /SCMP_ACT_DANCE|action/, "with an unknown action");
  t.match(await refused(t, seccomp(only({ action: "SCMP_ACT_ERRNO" }))), /names/, "with a rule without names");
  t.match(await refused(t, seccomp(only({ names: [], action: "SCMP_ACT_ERRNO" }))), /names/, "with a rule of no names");
  t.match(
    await refused(t, seccomp({ ...only(), architectures: ["SCMP_ARCH_PDP11"] })),
    /PDP11|architectures/,
    "with an unknown architecture",
  );
  t.match(
    await refused(t, seccomp({ ...only(), flags: ["SECCOMP_FILTER_FLAG_FUN"] })),
    /FLAG_FUN|flags/,
    "with an unknown flag",
  );
  const op = { names: [CALL], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 1, op: "SCMP_CMP_ODD" }] };
  t.match(await refused(t, seccomp(only(op))), /SCMP_CMP_ODD|op/, "with an unknown operator");
  const index = { names: [CALL], action: "SCMP_ACT_ERRNO", args: [{ index: 6, value: 1, op: "SCMP_CMP_EQ" }] };
  t.match(await refused(t, seccomp(only(index))), /index|args/, "with a seventh argument");
  t.match(
    await refused(t, seccomp({ ...only(rule("SCMP_ACT_KILL", { errnoRet: 5 })) })),
    /errnoRet|errno/,
    "with an errno for an action that has none",
  );
  t.match(
    await refused(t, seccomp({ defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 5 })),
    /errno/i,
    "with an errno for a default that has none",
  );
  t.match(await refused(t, seccomp({ ...only(), listenerMetadata: "x" })), /listener/i, "with listenerMetadata alone");
});
