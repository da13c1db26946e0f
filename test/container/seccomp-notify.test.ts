/** config-linux.md § Seccomp: calls that an agent answers, who gets the listener of the filter from the runtime. */
import { existsSync } from "node:fs";
import { test } from "tap";
import { asks, NR, notify, socketOf, withAgent } from "../support/agent.ts";
import { background, listener } from "../support/background.ts";
import type { Config } from "../support/bundle.ts";
import { PATH } from "../support/command.ts";
import { container } from "../support/container.ts";
import { status, until } from "../support/host.ts";
import { probe } from "../support/scratch.ts";
import { ERRNO, SYSCALL } from "../support/syscalls.ts";

const PRIVILEGES: readonly [name: string, process: Config][] = [
  ["with no_new_privs", { noNewPrivileges: true }],
  ["without no_new_privs", { noNewPrivileges: false }],
  ["as another user, without capabilities", { user: { uid: 1000, gid: 1000 }, capabilities: {} }],
  [
    "as another user, without no_new_privs",
    { user: { uid: 1000, gid: 1000 }, capabilities: {}, noNewPrivileges: false },
  ],
];

for (const [name, process] of PRIVILEGES) {
  test(`an agent answers for a container ${name}`, async (t) => {
    const { subject, agent } = await withAgent(t, [ERRNO.EXDEV], notify("getsid"), { process });
    const { stdout, stderr, code } = await subject.run();
    t.equal(stdout, `-${ERRNO.EXDEV}\n`, stderr);
    t.equal(code, 0);
    t.equal(await agent.ended(), 0, "its listener ends with the container");
    t.match(agent.stdout, `call ${NR} of `);
  });
}

for (const [name, answer, says] of [
  ["a value", [0, 4711], "4711"],
  ["going on", [-1], "1"],
] as const) {
  test(`an agent answers with ${name}`, async (t) => {
    const { subject } = await withAgent(t, answer, notify("getsid"));
    t.equal((await subject.run()).stdout, `${says}\n`);
  });
}

test("an agent and startContainer hooks", async (t) => {
  const hooks = { startContainer: [{ path: "/bin/echo", args: ["echo", "unread"] }] };
  const { subject } = await withAgent(t, [ERRNO.EXDEV], notify("getsid"), { hooks });
  t.equal((await subject.run()).stdout, `-${ERRNO.EXDEV}\n`);
});

test("the agent gets the container process state, in one message, when the container is started", async (t) => {
  const metadata = { listenerMetadata: "more\nthan words é" };
  const { subject, agent, sent } = await withAgent(
    t,
    [ERRNO.EPERM],
    { ...notify("getsid"), ...metadata },
    {
      annotations: { key: "value" },
    },
  );
  t.equal((await subject.create()).code, 0);
  t.equal(agent.stdout, "", "nothing is sent by create");
  const { pid } = await subject.state();
  t.equal((await subject.start()).code, 0);
  await agent.says(/\n/);
  t.match(sent(), {
    ociVersion: "1.3.0",
    fds: ["seccompFd"],
    pid,
    metadata: metadata.listenerMetadata,
    state: {
      ociVersion: "1.3.0",
      id: subject.id,
      pid,
      status: "created",
      bundle: subject.bundle,
      annotations: { key: "value" },
    },
  });
  await until("it has ended", async () => (await subject.state()).status === "stopped");
  t.equal(subject.stdout, `-${ERRNO.EPERM}\n`);
});

test("no metadata is no property", async (t) => {
  const { subject, agent, sent } = await withAgent(t, [ERRNO.EPERM], notify("getsid"));
  await subject.run();
  await agent.ended();
  t.notOk("metadata" in sent());
});

/** All that the runtime itself still does, or that the program needs at once: the agent may see each of them. */
for (const names of [
  ["execve"],
  ["sendmsg", "close", "exit", "exit_group", "nanosleep", "sched_setscheduler"],
  ["recvmsg"],
]) {
  test(`an agent is asked about ${names.join(", ")}, and the runtime is not blocked by it`, async (t) => {
    const { subject, agent } = await withAgent(t, [-1], notify("getsid", ...names));
    const { stdout, code, stderr } = await subject.run();
    t.equal(stdout, "1\n", stderr);
    t.equal(code, 0);
    if (names.includes("execve")) t.match(agent.stdout, `call ${SYSCALL.execve} of `);
  });
}

test("an agent that refuses execve makes start fail", async (t) => {
  const { subject } = await withAgent(t, [ERRNO.EACCES], notify("execve"));
  await subject.create();
  const { code, stderr } = await subject.start();
  t.equal(code, 1);
  t.match(stderr, /exec: "probe": .*permission denied/);
});

test("a profile that allows the program's own calls and no more is enough", async (t) => {
  const names = [
    "execve",
    "write",
    "exit_group",
    "brk",
    "mmap",
    "arch_prctl",
    "set_tid_address",
    "set_robust_list",
    "rseq",
  ];
  const more = [
    "prlimit64",
    "readlinkat",
    "readlink",
    "getrandom",
    "mprotect",
    "rt_sigaction",
    "rt_sigprocmask",
    "fstat",
    "newfstatat",
  ];
  const { subject } = await withAgent(t, [0, 7], {
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      { names: [...names, ...more], action: "SCMP_ACT_ALLOW" },
      { names: ["getsid"], action: "SCMP_ACT_NOTIFY" },
    ],
  });
  t.equal((await subject.run()).stdout, "7\n");
});

test("the program has one thread, no child and no descriptor of what has been done for it", async (t) => {
  const script = `probe fds; grep Threads /proc/self/status; cat /proc/1/task/1/children; echo; probe call ${NR}`;
  const { subject } = await withAgent(t, [ERRNO.EPERM], notify("getsid"), { process: { args: ["sh", "-c", script] } });
  const { stdout } = await subject.run();
  t.match(stdout, /^0 kept .*\n1 kept .*\n2 kept .*\nThreads:\t1\n\d+ \n-1\n$/);
  t.equal(status(stdout, "Threads"), "1");
});

test("a real-time process with one processor does not wait for ever", async (t) => {
  const seccomp = { ...notify("getsid"), flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] };
  const { subject } = await withAgent(t, [ERRNO.EPERM], seccomp, { linux: { resources: { cpu: { cpus: "0" } } } });
  await subject.create();
  const { pid } = await subject.state();
  const raised = background(t, ["chrt", "--fifo", "--pid", "10", `${pid}`]);
  if ((await raised.ended()) !== 0) t.pass("this machine has no real-time processes");
  t.equal((await subject.start()).code, 0);
  await until("it has ended", async () => (await subject.state()).status === "stopped");
  t.equal(subject.stdout, `-${ERRNO.EPERM}\n`);
});

for (const flags of [
  ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
  ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"],
  [],
]) {
  test(`the flags ${JSON.stringify(flags)} go with a listener`, async (t) => {
    const { subject } = await withAgent(t, [0, 5], { ...notify("getsid"), flags });
    t.equal((await subject.run()).stdout, "5\n");
  });
}

test("the agent has gone by the time of start: an error, and the container can be deleted", async (t) => {
  const { subject, agent } = await withAgent(t, [0], notify("getsid"));
  await subject.create();
  agent.signal("SIGKILL");
  await agent.ended();
  const { code, stderr } = await subject.start();
  t.equal(code, 1);
  t.match(stderr, /connect to the seccomp agent .*agent\.sock".*connection refused/);
  t.equal((await subject.state()).status, "created");
  t.equal((await subject.delete()).code, 0);
});

test("run leaves nothing behind when the agent does not listen", async (t) => {
  const { subject, agent } = await withAgent(t, [0], notify("getsid"));
  agent.signal("SIGKILL");
  await agent.ended();
  const { code, stderr } = await subject.run();
  t.equal(code, 1);
  t.match(stderr, /connect to the seccomp agent/);
  t.same(await subject.remains(), []);
});

test("a start that is killed before it has connected leaves a created container; one that has, none that waits", async (t) => {
  const { subject } = await withAgent(t, [ERRNO.EPERM], notify("getsid"));
  await subject.create();
  await subject.start({ launcher: ["strace", "-f", "-o", "/dev/null", "-e", "inject=unlinkat:signal=SIGKILL:when=1"] });
  await until("it has ended", async () => (await subject.state()).status === "stopped");
  t.equal(subject.stdout, `-${ERRNO.EPERM}\n`, "what it had been told was enough for the container");
});

test("a listener for a profile that asks nobody is of no use, which is said; the socket is not looked for", async (t) => {
  const subject = container(t, {
    process: asks,
    linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/nowhere" } },
  });
  const { code, stderr } = await subject.run();
  t.equal(code, 0);
  t.match(stderr, /warning: linux\.seccomp\.listenerPath is of no use/);
});

for (const [name, annotations, env] of [
  ["run.oci.seccomp.receiver", true, false],
  ["RUN_OCI_SECCOMP_RECEIVER", false, true],
] as const) {
  test(`${name} names the agent`, async (t) => {
    const subject = container(t, (it) => ({
      process: asks,
      linux: { seccomp: notify("getsid") },
      annotations: annotations ? { "run.oci.seccomp.receiver": socketOf(it) } : {},
    }));
    await listener(t, [probe(), "agent", socketOf(subject), "0", "99"]);
    const variables: Record<string, string> = env ? { PATH, RUN_OCI_SECCOMP_RECEIVER: socketOf(subject) } : { PATH };
    t.equal((await subject.run([], { env: variables })).stdout, "99\n");
    t.notOk(existsSync(socketOf(subject)));
  });
}
