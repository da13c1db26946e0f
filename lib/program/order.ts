/** The steps of a program have numbers: from 1 on, each before those inside it, in the order in which they are written. */
import { RuntimeError } from "../base/errors.ts";
import type { Step } from "./step.ts";

/** The blocks inside a step, in their order. */
export function blocks(step: Step): readonly (readonly Step[])[] {
  switch (step.op) {
    case "attempt":
      return [step.steps, step.otherwise];
    case "when":
      return [step.then, step.otherwise ?? []];
    case "clone":
      return [step.child, step.parent];
    default:
      return [];
  }
}

/** All steps in the order of their numbers. */
export function inOrder(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...blocks(step).flatMap(inOrder)]);
}

/** The step of that number. Throws RuntimeError if there is none. */
export function nthStep(steps: readonly Step[], index: number): Step {
  const all = inOrder(steps);
  const step = all[index - 1];
  if (step === undefined) throw new RuntimeError(`a program of ${all.length} steps has no step ${index}`);
  return step;
}
