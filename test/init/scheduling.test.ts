import { test } from "tap";
import { finalAffinity, initialAffinity, RESET_AFFINITY, schedule, setPolicies } from "../../lib/init/scheduling.ts";
import { stepText } from "../../lib/program/words.ts";
import { callsOf, PROCESS } from "./sequence.ts";

const mask = (first: number) => new Uint8Array([first, 0, 0, 0, 0, 0, 0, 0]);
const affinity = (initial?: Uint8Array, final?: Uint8Array) => ({ ...PROCESS, execCPUAffinity: { initial, final } });

test("a plain process takes no step", async (t) => {
  t.strictSame([...schedule(PROCESS), ...initialAffinity(PROCESS)], []);
  t.strictSame(setPolicies({ memoryPolicy: undefined, personality: undefined }), []);
});

test("every field of sched_attr is where the kernel looks for it", async (t) => {
  const scheduler = {
    name: "SCHED_DEADLINE",
    policy: 6,
    flags: 1,
    nice: -3,
    priority: 4,
    runtime: 5n,
    deadline: 6n,
    period: 7n,
  };
  const [step] = schedule({ ...PROCESS, scheduler });
  t.equal(
    step?.op === "call" && Buffer.from(step.args[1] as Uint8Array).toString("hex"),
    "38000000" +
      "06000000" +
      "0100000000000000" +
      "fdffffff" +
      "04000000" +
      "0500000000000000" +
      "0600000000000000" +
      "0700000000000000" +
      "00000000" +
      "00000000",
  );
});

test("CPUs of exec: the initial ones before, the final ones after; the kernel's choice only if an initial list is given", async (t) => {
  t.match(initialAffinity(affinity(mask(1))).map(stepText), [/^sched_setaffinity\(0, 8, /]);
  t.strictSame(initialAffinity(affinity(undefined, mask(1))), []);
  t.match(finalAffinity(affinity(mask(1), mask(2))), [{ args: [0, 8, mask(2)] }]);
  t.strictSame(finalAffinity(affinity(mask(1))), []);
  t.strictSame(finalAffinity(PROCESS), [RESET_AFFINITY]);
});

test("the CPUs of the cgroup are allowed once the process is in it", async (t) => {
  const resets = (tasks: string[]) =>
    callsOf({}, { cgroup: { tasks, memory: undefined, directory: undefined } }).filter(
      ({ call }) => call === "sched_setaffinity",
    ).length;
  t.equal(resets(["/sys/fs/cgroup/cpuset/c/tasks"]), 1);
  t.equal(resets([]), 0);
});

test("set_mempolicy is told of one bit more than the nodes have", async (t) => {
  const [step] = setPolicies({ memoryPolicy: { name: "MPOL_BIND", mode: 2, nodes: mask(1) }, personality: undefined });
  t.match(step, { args: [2, mask(1), 65] });
});
