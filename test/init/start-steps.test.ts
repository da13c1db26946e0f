import { test } from "tap";
import { createSequence } from "../../lib/init/create-sequence.ts";
import { startSteps } from "../../lib/init/start-steps.ts";
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

test("a program that does not wait has no such steps", async (t) => t.same(startSteps([], 0), {}));
