/** What the init program does after it was told to start, in words: `start` is another command, and has no program to ask. */
import { inOrder } from "../program/order.ts";
import type { Step } from "../program/step.ts";

/**
 * The sentences of the steps from the wait for `start` on, by their index.
 * @param steps of createSequence
 * @param size how many steps there are in all
 */
export function startSteps(steps: readonly Step[], size: number): Record<number, string> {
  const clone = steps[steps.length - 1];
  if (clone?.op !== "clone") return {};
  const wait = clone.child.findLastIndex((step) => step.op === "call" && step.call === "recvmsg");
  // Stage 1's part of the clone is written last.
  const last = inOrder([...clone.child.slice(wait), ...clone.parent]);
  const sentences: Record<number, string> = {};
  last.forEach((step, position) => {
    if ("doing" in step) sentences[size - last.length + 1 + position] = step.doing;
  });
  return sentences;
}
