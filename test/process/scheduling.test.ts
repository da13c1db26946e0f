/** config.md § Process: scheduler, ioPriority; config-linux.md: memoryPolicy, personality: as the kernel tells inside. */
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { test } from "tap";
import { type Config, capable, NAMESPACES } from "../support/bundle.ts";
import { run, runt } from "../support/command.ts";
import { container, inside, refused } from "../support/container.ts";
import { read } from "../support/host.ts";

/** Of /proc/PID/stat: nice, real-time priority, policy. */
const STAT = "set -- $(sed 's/.*) //' /proc/$$/stat); echo ${17} ${38} ${39}";

/** Where the kernel shares real-time out by cgroup, a new one has none. */
const SHARE = existsSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")
  ? { resources: { cpu: { realtimeRuntime: 10_000, realtimePeriod: 1_000_000 } } }
  : {};

const ONE_CPU = availableParallelism() < 2 && "the machine has one CPU";

const scheduler = (policy: string, more: Config = {}): Config => ({
  process: { scheduler: { policy, ...more } },
  linux: /FIFO|RR/.test(policy) ? SHARE : {},
});

const POLICIES: [string, Config, string][] = [
  ["SCHED_OTHER", { nice: 7 }, "7 0 0"],
  ["SCHED_OTHER", { nice: -5 }, "-5 0 0"],
  ["SCHED_OTHER", {}, "0 0 0"],
  ["SCHED_FIFO", { priority: 3 }, "0 3 1"],
  ["SCHED_RR", { priority: 99 }, "0 99 2"],
  ["SCHED_BATCH", { nice: 3 }, "3 0 3"],
  ["SCHED_IDLE", {}, "0 0 5"],
];

for (const [policy, more, expected] of POLICIES) {
  test(`scheduler: ${policy} with ${JSON.stringify(more)}`, async (t) => {
    t.equal(await inside(t, STAT, scheduler(policy, more)), expected);
  });
}

test("scheduler: SCHED_FLAG_RESET_ON_FORK: the program has the policy, its children do not", async (t) => {
  const flags = ["SCHED_FLAG_RESET_ON_FORK"];
  t.equal(
    await inside(t, `${STAT}; cat /proc/self/stat | cut -d" " -f 40,41`, scheduler("SCHED_RR", { priority: 5, flags })),
    "0 5 2\n0 0",
  );
});

test("scheduler: SCHED_DEADLINE, with its three times", async (t) => {
  const times = { runtime: 1_000_000, deadline: 5_000_000, period: 10_000_000 };
  const subject = container(t, {
    process: {
      args: ["sleep", "60"],
      scheduler: { policy: "SCHED_DEADLINE", flags: ["SCHED_FLAG_RESET_ON_FORK"], ...times },
    },
  });
  const { code, stderr } = await subject.create();
  if (/sched_setattr.*EPERM/.test(stderr)) {
    t.match(stderr, /all CPUs/);
    t.comment("the machine gives it no bandwidth: its values are not shown");
    return;
  }
  t.equal(code, 0, stderr);
  await subject.start();
  const { pid } = await subject.state();
  const fields = read(`/proc/${pid}/stat`).replace(/.*\) /, "").split(" ");
  t.equal(fields[38], "6");
  t.match((await run(["chrt", "-p", String(pid)])).stdout, /1000000\/5000000\/10000000/);
});

test("scheduler: what the kernel refuses fails create, with the reason", async (t) => {
  t.match(await refused(t, scheduler("SCHED_ISO")), /set the scheduling policy SCHED_ISO: .*EINVAL.*lacks the policy/);
  const clamp = await refused(
    t,
    scheduler("SCHED_DEADLINE", { runtime: 2 ** 40, deadline: 2 ** 40, period: 2 ** 40, flags: [] }),
  );
  t.match(clamp, /set the scheduling policy SCHED_DEADLINE: sched_setattr\(.*SCHED_DEADLINE/);
});

for (const [name, priority, expected] of [
  ["IOPRIO_CLASS_BE", 6, "best-effort: prio 6"],
  ["IOPRIO_CLASS_RT", 1, "realtime: prio 1"],
  ["IOPRIO_CLASS_IDLE", 0, "idle"],
] as const) {
  test(`ioPriority: ${name}, and what the program starts has it too`, async (t) => {
    const process = { ioPriority: { class: name, priority } };
    t.match(
      await inside(t, "ionice -p $$; sh -c 'ionice -p $$'", { process }),
      new RegExp(`^${expected}\n${expected}$`),
    );
  });
}

test("priorities outlive capabilities: a user without any has them", async (t) => {
  const process = {
    user: { uid: 1000, gid: 1000 },
    capabilities: capable(),
    scheduler: { policy: "SCHED_FIFO", priority: 2 },
    ioPriority: { class: "IOPRIO_CLASS_RT", priority: 4 },
  };
  t.equal(await inside(t, `${STAT}; ionice -p $$`, { process, linux: SHARE }), "0 2 1\nrealtime: prio 4");
});

test("CPU affinity is the cgroup's, not what the runtime was bound to", { skip: ONE_CPU }, async (t) => {
  const all = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync("/proc/1/status", "utf8"))?.[1] ?? "";
  const show = "grep Cpus_allowed_list /proc/self/status | cut -f 2";
  t.equal(await inside(t, show, {}, { launcher: ["taskset", "-c", "1"] }), all);
  const linux = { resources: { cpu: { cpus: "0" } } };
  t.equal(await inside(t, show, { linux }, { launcher: ["taskset", "-c", "1"] }), "0");
});

test("without a cgroup of its own the container keeps the runtime's CPUs", { skip: ONE_CPU }, async (t) => {
  const subject = container(t, { process: { args: ["grep", "Cpus_allowed_list", "/proc/self/status"] } });
  const args = ["--root", subject.root, "--cgroup-manager", "disabled", "run", "--bundle", subject.bundle, subject.id];
  t.match((await runt(args, { launcher: ["taskset", "-c", "1"] })).stdout, /:\s*1\n/);
});

test("execCPUAffinity is not the first process's", async (t) => {
  const show = "grep Cpus_allowed_list /proc/self/status | cut -f 2";
  const plain = await inside(t, show);
  t.equal(await inside(t, show, { process: { execCPUAffinity: { initial: "0", final: "0" } } }), plain);
});

const NUMA = "grep -m 1 /bin/busybox /proc/self/numa_maps | cut -d' ' -f 2";

for (const [policy, expected] of [
  [{ mode: "MPOL_BIND", nodes: "0" }, "bind:0"],
  [{ mode: "MPOL_INTERLEAVE", nodes: "0" }, "interleave:0"],
  [{ mode: "MPOL_PREFERRED", nodes: "0" }, "prefer:0"],
  [{ mode: "MPOL_PREFERRED" }, "local"],
  [{ mode: "MPOL_PREFERRED_MANY", nodes: "0" }, "prefer (many):0"],
  [{ mode: "MPOL_LOCAL" }, "local"],
  [{ mode: "MPOL_DEFAULT" }, "default"],
  [{ mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] }, "bind=static:0"],
  [{ mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_RELATIVE_NODES"] }, "bind=relative:0"],
] as const) {
  test(`memoryPolicy: ${JSON.stringify(policy)}`, async (t) => {
    // The fields of numa_maps are parted by spaces: "prefer (many):0" has two.
    t.match(`${await inside(t, NUMA.replace("-f 2", "-f 2-3"), { linux: { memoryPolicy: policy } })} `, `${expected} `);
  });
}

test("memoryPolicy: a node that is not there fails create", async (t) => {
  const memoryPolicy = { mode: "MPOL_BIND", nodes: "0-70" };
  t.equal(await inside(t, NUMA, { linux: { memoryPolicy } }), "bind:0", "the kernel leaves out those it has not");
  const error = await refused(t, { linux: { memoryPolicy: { mode: "MPOL_BIND", nodes: "900" } } });
  t.match(error, /set the memory policy MPOL_BIND: set_mempolicy\(MPOL_BIND, .*EINVAL.*a node may not exist/);
});

test("personality: LINUX32 shows a 32-bit machine, LINUX does not", async (t) => {
  const machine = (domain: string) => inside(t, "uname -m", { linux: { personality: { domain } } });
  const native = await inside(t, "uname -m");
  t.match(await machine("LINUX32"), native === "aarch64" ? /^armv8l$/ : /^i686$/);
  t.equal(await machine("LINUX"), native);
});

test("personality and memory policy are set before seccomp, which may forbid the calls", async (t) => {
  const seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["personality", "set_mempolicy", "sched_setattr", "ioprio_set"], action: "SCMP_ACT_ERRNO" }],
  };
  const linux = { seccomp, personality: { domain: "LINUX32" }, memoryPolicy: { mode: "MPOL_BIND", nodes: "0" } };
  const process = { scheduler: { policy: "SCHED_BATCH" }, ioPriority: { class: "IOPRIO_CLASS_IDLE", priority: 0 } };
  t.match(await inside(t, `uname -m; ${NUMA}; ${STAT}`, { linux, process }), /^(i686|armv8l)\nbind:0\n0 0 3$/);
});

test("in a user namespace priorities are given by the host, as nobody inside could", async (t) => {
  const mapping = [{ containerID: 0, hostID: 100000, size: 65536 }];
  const change = {
    process: { scheduler: { policy: "SCHED_RR", priority: 4 }, ioPriority: { class: "IOPRIO_CLASS_RT", priority: 2 } },
    linux: { ...SHARE, uidMappings: mapping, gidMappings: mapping, namespaces: [...NAMESPACES, { type: "user" }] },
  };
  t.equal(await inside(t, `${STAT}; ionice -p $$`, change), "0 4 2\nrealtime: prio 2");
});
