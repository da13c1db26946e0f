/** config.md § Linux Process: scheduler, ioPriority; config-linux.md § Memory policy. */
import { equal } from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Config, merge } from "../test/support/bundle.ts";
import { calls, fills } from "./support/asks.ts";
import { invalid, must } from "./support/requirement.ts";

const SECTION = "config.md § Linux Process";
const SINCE = { since: "1.1" };

const POLICIES = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
} as const;
const attr = fills("sched_getattr", 56, [0, undefined, 56, 0]);
const scheduled = (scheduler: Config): Config => ({ ociVersion: "1.1.0", process: { scheduler } });
const fields = (view: DataView) => ({
  policy: view.getUint32(4, true),
  flags: Number(view.getBigUint64(8, true)),
  nice: view.getInt32(16, true),
  priority: view.getUint32(20, true),
});

/** On cgroup v1 a group has no time for real-time policies unless it is given some. */
const realTimeShare = (): Config =>
  existsSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")
    ? { linux: { resources: { cpu: { realtimePeriod: 1_000_000, realtimeRuntime: 10_000 } } } }
    : {};

for (const [policy, number] of Object.entries(POLICIES)) {
  must(
    `scheduler-${policy}`,
    SECTION,
    "policy (string, REQUIRED) represents the scheduling policy.",
    async (c) => {
      const realTime = {
        SCHED_FIFO: { priority: 10 },
        SCHED_RR: { priority: 20 },
        SCHED_DEADLINE: { runtime: 1_000_000, deadline: 10_000_000, period: 10_000_000 },
      };
      const { got } = await c.ask(
        { got: attr },
        merge(scheduled({ policy, ...realTime[policy as keyof typeof realTime] }), realTimeShare()),
      );
      const found = fields(got);
      equal(found.policy, number);
      if (policy === "SCHED_FIFO") equal(found.priority, 10);
      if (policy === "SCHED_DEADLINE") equal(Number(got.getBigUint64(24, true)), 1_000_000);
    },
    SINCE,
  );
}

must(
  "scheduler-nice",
  SECTION,
  "nice (int32, OPTIONAL) is the nice value for the process, affecting its priority.",
  async (c) => {
    equal(fields((await c.ask({ got: attr }, scheduled({ policy: "SCHED_BATCH", nice: 7 }))).got).nice, 7);
  },
  SINCE,
);

must(
  "scheduler-nice-default",
  SECTION,
  "If not set, the runtime must use the value 0.",
  async (c) => {
    equal(fields((await c.ask({ got: attr }, scheduled({ policy: "SCHED_OTHER" }))).got).nice, 0);
  },
  SINCE,
);

must(
  "scheduler-flags",
  SECTION,
  "flags (array of strings, OPTIONAL) is an array of strings representing scheduling flags.",
  async (c) => {
    const flags = ["SCHED_FLAG_RESET_ON_FORK"];
    equal(fields((await c.ask({ got: attr }, scheduled({ policy: "SCHED_OTHER", flags }))).got).flags & 1, 1);
  },
  SINCE,
);

const WRONG = {
  "policy-unknown": { policy: "SCHED_LOTTERY" },
  "policy-missing": { nice: 1 },
  // In the list of valid values, but no kernel has it.
  "policy-unsupported": { policy: "SCHED_ISO" },
  "flag-unknown": { policy: "SCHED_OTHER", flags: ["SCHED_FLAG_FAST"] },
  "priority-too-large": { policy: "SCHED_FIFO", priority: 100 },
};
for (const [name, scheduler] of Object.entries(WRONG)) {
  invalid(
    `scheduler-${name}`,
    async (c) => {
      await c.refused(scheduled(scheduler));
    },
    SINCE,
  );
}

const io = (ioPriority: Config): Config => ({ ociVersion: "1.1.0", process: { ioPriority } });
for (const [name, number] of Object.entries({ RT: 1, BE: 2, IDLE: 3 })) {
  must(
    `io-priority-${name}`,
    SECTION,
    "class (string, REQUIRED) specifies the I/O scheduling class.",
    async (c) => {
      const { got } = await c.ask(
        { got: calls("ioprio_get", 1, 0) },
        io({ class: `IOPRIO_CLASS_${name}`, priority: 4 }),
      );
      equal(got, (number << 13) | 4);
    },
    SINCE,
  );
}

for (const [name, ioPriority] of Object.entries({
  "class-unknown": { class: "IOPRIO_CLASS_NONE_SUCH", priority: 1 },
  "priority-too-large": { class: "IOPRIO_CLASS_BE", priority: 8 },
  "class-missing": { priority: 1 },
})) {
  invalid(
    `io-priority-${name}`,
    async (c) => {
      await c.refused(io(ioPriority));
    },
    SINCE,
  );
}

const POLICY = "config-linux.md § Memory policy";
const memory = (memoryPolicy: Config): Config => ({ ociVersion: "1.3.0", linux: { memoryPolicy } });
const MODES = {
  DEFAULT: [0],
  BIND: [2, "0"],
  INTERLEAVE: [3, "0"],
  WEIGHTED_INTERLEAVE: [6, "0"],
  PREFERRED: [1, "0"],
  PREFERRED_MANY: [5, "0"],
  LOCAL: [4],
} as const;

/** The mode of get_mempolicy(2), an int that it fills. */
const mode = fills("get_mempolicy", 8, [undefined, 0, 0, 0, 0]);

for (const [name, [number, nodes]] of Object.entries(MODES)) {
  must(
    `memory-policy-${name}`,
    POLICY,
    "memoryPolicy (object, OPTIONAL) sets the NUMA memory policy for the container.",
    async (c) => {
      const { got } = await c.ask(
        { got: mode },
        memory({ mode: `MPOL_${name}`, ...(nodes !== undefined && { nodes }) }),
      );
      equal(got.getUint32(0, true), number);
    },
    { since: "1.3" },
  );
}

must(
  "memory-policy-flags",
  POLICY,
  "flags (array of strings, OPTIONAL) - list of flags to use with set_mempolicy(2).",
  async (c) => {
    const { got } = await c.ask(
      { got: mode },
      memory({ mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] }),
    );
    equal(got.getUint32(0, true), 3 | 0x8000);
  },
  { since: "1.3" },
);

for (const [name, memoryPolicy] of Object.entries({
  "mode-unknown": { mode: "MPOL_RANDOM" },
  "mode-missing": { nodes: "0" },
  "flag-unknown": { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_QUICK"] },
  "nodes-unreadable": { mode: "MPOL_BIND", nodes: "first" },
  "nodes-missing": { mode: "MPOL_BIND" },
  "nodes-with-DEFAULT": { mode: "MPOL_DEFAULT", nodes: "0" },
  "nodes-with-LOCAL": { mode: "MPOL_LOCAL", nodes: "0" },
  "nodes-not-there": { mode: "MPOL_BIND", nodes: "1023" },
})) {
  invalid(
    `memory-policy-${name}`,
    async (c) => {
      await c.refused(memory(memoryPolicy));
    },
    { since: "1.3" },
  );
}
