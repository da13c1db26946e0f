import { test } from "tap";
import { CLONE } from "../../lib/linux/sched.ts";
import { callsOf, PROCESS, SPEC } from "./sequence.ts";

const HOOK = { path: "/hook", args: ["/hook"], env: [], timeout: undefined };
const FILES = { hookState: 20, hookOutput: { collected: 22, stdout: 22, stderr: 22 } };

/** The place of the first call of that name, or whose sentence begins so. */
function place(calls: ReturnType<typeof callsOf>, name: string, from = 0): number {
  const index = calls.findIndex((each, at) => at >= from && (each.call === name || each.doing.startsWith(name)));
  if (index < 0) throw new Error(`no ${name} among ${calls.map((each) => each.doing).join(", ")}`);
  return index;
}

/** Rows of: what the container has, and the calls that must come in this order. */
const ORDERS: [string, Parameters<typeof callsOf>, string[]][] = [
  [
    "the process is non-dumpable before it joins a namespace",
    [{ namespaces: { create: 0, join: [{ flag: CLONE.NEWPID, path: "/p" }], timeOffsets: [] } }],
    ["become non-dumpable", "setns", "clone3"],
  ],
  [
    "every namespace's path is opened before the first is joined",
    [
      {
        namespaces: {
          create: 0,
          join: [
            { flag: CLONE.NEWNET, path: "/n" },
            { flag: CLONE.NEWNS, path: "/m" },
          ],
          timeOffsets: [],
        },
      },
    ],
    ["open the namespace /n", "open the namespace /m", "setns"],
  ],
  [
    "cgroups are joined before the clone, so that a cgroup namespace begins at the container's",
    [{}, { cgroup: { tasks: ["/sys/fs/cgroup/pids/c/tasks"], memory: undefined, directory: undefined } }],
    ["join a cgroup", "clone3"],
  ],
  [
    "who counts memory begins when all is made that is not the user's program's",
    [{}, { cgroup: { tasks: [], memory: 20, directory: undefined } }],
    ["tell the runtime", "be counted by the memory cgroup", "close the sync socket", "wait for start", "exec"],
  ],
  [
    "network devices come before everything that may be about them",
    [
      {
        netDevices: [{ name: "eth0", inside: "eth0" }],
        sysctl: [{ file: "net/ipv4/conf/eth0/forwarding", value: "1" }],
        hooks: { ...SPEC.hooks, createRuntime: [HOOK] },
      },
      FILES,
    ],
    ["clone3", "tell the runtime", "wait for the runtime", "mount the root", "tell the runtime", "set sysctl"],
  ],
  [
    "the runtime's hooks run when mounts are done, the container's before masks and pivot_root",
    [{ hooks: { ...SPEC.hooks, createContainer: [HOOK] } }, FILES],
    [
      "mount the root",
      "wait for the runtime",
      "go back to the bundle",
      "run createContainer hook",
      "mask",
      "pivot_root",
    ],
  ],
  [
    "sysctl comes before the masks, which forbid a new procfs to a user namespace",
    [{ sysctl: [{ file: "net/ipv4/ip_forward", value: "1" }] }],
    ["set sysctl", "mask", "pivot_root"],
  ],
  [
    "the user's identity comes after pivot_root, where no path of the host is left",
    [],
    ["pivot_root", "setgroups", "setresgid", "setresuid", "capset"],
  ],
  [
    "the bounding set is dropped while there is CAP_SETPCAP, capabilities outlive setresuid",
    [{}],
    ["drop capability", "keep capabilities", "setresuid", "capset"],
  ],
  [
    "the directory is verified as the user, and the program looked up from it",
    [{}],
    ["setresuid", "getcwd", "faccessat2", "close_range", "tell the runtime", "recvmsg", "execve"],
  ],
  [
    "startContainer hooks run after start was said, before the filter",
    [
      {
        hooks: { ...SPEC.hooks, startContainer: [HOOK] },
        seccomp: { filter: new Uint8Array(8), flags: 0, listener: undefined },
      },
      FILES,
    ],
    ["recvmsg", "run startContainer hook", "seccomp"],
  ],
];

for (const [name, container, order] of ORDERS) {
  test(name, async (t) => {
    const calls = callsOf(...container);
    let from = 0;
    for (const each of order) from = place(calls, each, from) + 1;
    t.ok(from <= calls.length);
  });
}

test("nothing stands between the seccomp filter and execve", async (t) => {
  const calls = callsOf({ seccomp: { filter: new Uint8Array(8), flags: 0, listener: undefined } });
  t.same(
    calls.slice(place(calls, "seccomp")).map(({ call }) => call),
    ["seccomp", "execve"],
  );
});

test("a listener is sent by a thread that the filter is not for; between filter and execve the first thread calls nothing", async (t) => {
  const listener = { path: "/run/agent", metadata: undefined };
  const calls = callsOf({ seccomp: { filter: new Uint8Array(8), flags: 8, listener } });
  t.same(
    calls.slice(place(calls, "recvmsg")).map(({ call }) => call),
    [
      "recvmsg",
      "mmap",
      "clone3",
      "sched_setscheduler",
      "nanosleep",
      "sendmsg",
      "close",
      "exit",
      "sched_yield",
      "seccomp",
      "execve",
    ],
  );
});

test("without no_new_privs CAP_SYS_ADMIN is kept for the filter, with it nothing is", async (t) => {
  const seccomp = { filter: new Uint8Array(8), flags: 0, listener: undefined };
  const permitted = (noNewPrivileges: boolean) => {
    const calls = callsOf({ seccomp, process: { ...PROCESS, noNewPrivileges } });
    const sets = calls[place(calls, "capset")]?.args[1] as Uint8Array;
    return new Uint32Array(sets.slice().buffer)[1];
  };
  t.equal(permitted(false), 1 << 21);
  t.equal(permitted(true), 0);
});

test("a container without a process waits for start and does nothing then", async (t) => {
  const calls = callsOf({ process: undefined });
  t.notOk(calls.some(({ call }) => call === "execve"));
  t.equal(calls[place(calls, "recvmsg") + 1]?.call, "mmap");
});

test("descriptors that the caller left open are closed, but for those to be preserved", async (t) => {
  const ranges = (preserveFds: number) =>
    callsOf({ process: { ...PROCESS, preserveFds } })
      .filter(({ call }) => call === "close_range")
      .map(({ args }) => args);
  t.same(ranges(0), [
    [3, 9, 0],
    [14, 0xffffffff, 0],
    [3, 0xffffffff, 4],
  ]);
  t.same(ranges(2)[0], [5, 9, 0]);
  t.same(ranges(2)[2], [5, 0xffffffff, 4]);
});
