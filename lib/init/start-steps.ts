/** What the init program does after it was told to start, in words: `start` is another command, and has no program to ask. */
import { inOrder } from "../program/order.ts";
import type { Step } from "../program/step.ts";

/**
 * The sentences of the steps from the wait for `start` on, by their index.
 * @param rest what init's program goes on with
 * @param size how many steps there are in all
 */
export function startSteps(rest: readonly Step[], size: number): Record<number, string> {
  const wait = rest.findLastIndex((step) => step.op === "call" && step.call === "recvmsg");
  if (wait < 0) return {};
  const last = inOrder(rest.slice(wait));
  const sentences: Record<number, string> = {};
  last.forEach((step, position) => {
    if ("doing" in step) sentences[size - last.length + 1 + position] = step.doing;
  });
  return sentences;
}
