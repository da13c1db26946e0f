import { test } from "tap";
import { joinMemory, mayBeCountedLate } from "../../lib/init/memory.ts";
import { CLONE } from "../../lib/linux/sched.ts";
import type { ContainerSpec } from "../../lib/spec/container-spec.ts";
import { SPEC } from "./sequence.ts";

const HOOK = { path: "/h", args: ["h"], env: [], timeout: 0 };

const CASES: readonly [what: string, change: Partial<ContainerSpec>, late: boolean][] = [
  ["a container without hooks", {}, true],
  ["a prestart hook", { hooks: { ...SPEC.hooks, prestart: [HOOK] } }, false],
  ["a createRuntime hook", { hooks: { ...SPEC.hooks, createRuntime: [HOOK] } }, false],
  ["a createContainer hook", { hooks: { ...SPEC.hooks, createContainer: [HOOK] } }, false],
  ["hooks that run after start was said", { hooks: { ...SPEC.hooks, startContainer: [HOOK], poststop: [HOOK] } }, true],
  ["a new cgroup namespace", { namespaces: { ...SPEC.namespaces, create: CLONE.NEWCGROUP } }, false],
];

for (const [what, change, late] of CASES) {
  test(`${what}: counted ${late ? "late" : "from the start"}`, async (t) => {
    t.equal(mayBeCountedLate({ ...SPEC, ...change }), late);
  });
}

test("joinMemory() writes to what is open, and closes it", async (t) => {
  const steps = joinMemory({ tasks: [], memory: 9, directory: undefined });
  t.strictSame(
    steps.map((step) => step.op === "call" && [step.call, step.args]),
    [
      ["write", [9, "0", 1]],
      ["close", [9]],
    ],
  );
  t.strictSame(joinMemory({ tasks: [], memory: undefined, directory: undefined }), []);
});
