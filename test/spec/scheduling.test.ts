import { test } from "tap";
import type { Process } from "../../lib/config/schema.ts";
import { cpuAffinitySpec, ioPrioritySpec, schedulerSpec } from "../../lib/spec/scheduling.ts";

const process = (more: object) => more as Process;

test("schedulerSpec() turns names into numbers; what is not given is 0", async (t) => {
  t.equal(schedulerSpec(process({})), undefined);
  t.strictSame(schedulerSpec(process({ scheduler: { policy: "SCHED_RR", priority: 5 } })), {
    name: "SCHED_RR",
    policy: 2,
    flags: 0,
    nice: 0,
    priority: 5,
    runtime: 0n,
    deadline: 0n,
    period: 0n,
  });
});

test("schedulerSpec() knows every policy and flag of the spec", async (t) => {
  const policies = ["OTHER", "FIFO", "RR", "BATCH", "ISO", "IDLE", "DEADLINE"].map((name) => `SCHED_${name}`);
  const numbers = policies.map((policy) => schedulerSpec(process({ scheduler: { policy } }))?.policy);
  t.strictSame(numbers, [0, 1, 2, 3, 4, 5, 6]);
  const flags = [
    "RESET_ON_FORK",
    "RECLAIM",
    "DL_OVERRUN",
    "KEEP_POLICY",
    "KEEP_PARAMS",
    "UTIL_CLAMP_MIN",
    "UTIL_CLAMP_MAX",
  ];
  const scheduler = { policy: "SCHED_OTHER", flags: flags.map((flag) => `SCHED_FLAG_${flag}`) };
  t.equal(schedulerSpec(process({ scheduler }))?.flags, 0x7f);
});

test("ioPrioritySpec() is class and level in one", async (t) => {
  t.equal(ioPrioritySpec(process({})), undefined);
  for (const [name, priority, expected] of [
    ["RT", 0, 0x2000],
    ["BE", 7, 0x4007],
    ["IDLE", 0, 0x6000],
  ] as const) {
    t.equal(ioPrioritySpec(process({ ioPriority: { class: `IOPRIO_CLASS_${name}`, priority } })), expected);
  }
});

test("cpuAffinitySpec() gives bitmaps, also beyond 1024 CPUs; an empty list is none", async (t) => {
  t.equal(cpuAffinitySpec(process({})), undefined);
  t.strictSame(cpuAffinitySpec(process({ execCPUAffinity: { initial: "0-3,7", final: "" } })), {
    initial: new Uint8Array([0x8f, 0, 0, 0, 0, 0, 0, 0]),
    final: undefined,
  });
  const far = cpuAffinitySpec(process({ execCPUAffinity: { final: "1025" } }))?.final;
  t.equal(far?.length, 136);
  t.equal(far?.[128], 2);
});
