/** The steps of a program have numbers: from 1 on, each before those inside it, in the order in which they are written. */
import { RuntimeError } from "../base/errors.ts";
import type { Each, Slot, Step } from "./step.ts";

/** The blocks inside a step, in their order. */
export function blocks(step: Step): readonly (readonly Step[])[] {
  switch (step.op) {
    case "attempt":
      return [step.steps, step.otherwise];
    case "when":
      return [step.then, step.otherwise ?? []];
    case "while":
      return [step.steps];
    case "clone":
      return [step.child, step.parent];
    default:
      return [];
  }
}

/** All steps in the order of their numbers, those of tables written out. */
export function inOrder(steps: readonly Step[]): Step[] {
  return writtenOut(steps).flatMap((step) => [step, ...blocks(step).flatMap(inOrder)]);
}

/** Steps without tables: what a table means, item by item. */
export function writtenOut(steps: readonly Step[]): readonly Step[] {
  if (!steps.some(({ op }) => op === "each")) return steps;
  return steps.flatMap((step) => {
    if (step.op !== "each") return [step];
    return step.items.flatMap((item) => step.steps.map((each) => filledIn(each, step.into, item)));
  });
}

/** A step, and those inside it, with an item's values in place of the slots that would hold them. */
function filledIn<T>(part: T, into: readonly Slot[], item: Each["items"][number]): T {
  const column = (into as readonly unknown[]).indexOf(part);
  if (column >= 0) return item[column] as T;
  if (Array.isArray(part)) return part.map((each) => filledIn(each, into, item)) as T;
  if (typeof part !== "object" || part === null || part instanceof Uint8Array) return part;
  // What names a place in memory is the same place for every item.
  if ("kind" in part && part.kind !== "at") return part;
  const entries = Object.entries(part).map(([key, value]) => {
    return [key, key === "doing" ? value.replaceAll("{}", () => String(item[0])) : filledIn(value, into, item)];
  });
  return Object.fromEntries(entries) as T;
}

/** The step of that number. Throws RuntimeError if there is none. */
export function nthStep(steps: readonly Step[], index: number): Step {
  const all = inOrder(steps);
  const step = all[index - 1];
  if (step === undefined) throw new RuntimeError(`a program of ${all.length} steps has no step ${index}`);
  return step;
}
