import { test } from "tap";
import { createSequence } from "../../lib/init/create-sequence.ts";
import { hasStartHooks, startSteps } from "../../lib/init/start-steps.ts";
import { inOrder } from "../../lib/program/order.ts";
import { HANDLES, SPEC } from "./sequence.ts";

test("the steps after the wait for start are told by the index that a report would name", async (t) => {
  const { rest } = createSequence(
    { ...SPEC, seccomp: { filter: new Uint8Array(8), flags: 0, listener: undefined } },
    HANDLES,
  );
  const steps = rest();
  const all = inOrder(steps);
  const sentences = startSteps(steps, all.length);
  for (const [index, sentence] of Object.entries(sentences)) {
    t.match(all[Number(index) - 1], { doing: sentence });
  }
  t.same(Object.values(sentences), [
    "wait for start",
    "map the report page",
    "load the seccomp filter",
    'exec: "/bin/sh"',
  ]);
});

test("of a hook's calls all is kept that their failure is told with", async (t) => {
  const hook = { path: "/hook", args: ["/hook", "x"], env: [], timeout: undefined };
  const { rest } = createSequence({ ...SPEC, hooks: { ...SPEC.hooks, startContainer: [hook] } }, HANDLES);
  const steps = startSteps(rest(), 1000);
  t.ok(hasStartHooks(steps));
  const execve = Object.values(steps).find((step) => typeof step !== "string" && step.call === "execve");
  t.match(execve, {
    doing: 'run startContainer hook "/hook": execute it',
    text: 'execve("/hook", ["/hook", "x"], [/* 0 vars */])',
  });
  t.notOk(hasStartHooks(startSteps(createSequence(SPEC, HANDLES).rest(), 1000)));
});

test("a program that does not wait has no such steps", async (t) => t.same(startSteps([], 0), {}));
