/** What the init program does after it was told to start, in words: `start` is another command, and has no program to ask. */
import { inOrder } from "../program/order.ts";
import type { Step } from "../program/step.ts";
import { type ToldCall, toldCall } from "../program/words.ts";
import { isOfHook } from "./hooks.ts";

/** A step's sentence; of a hook's call, all that its failure is told with. */
export type StartStep = string | ToldCall;

/** Those of the steps from the wait for `start` on, by their index. */
export type StartSteps = Readonly<Record<number, StartStep>>;

/** The hooks that init runs. */
const LIST = "startContainer";

/**
 * What `start` needs to know of the steps that it brings about.
 * @param rest what init's program goes on with
 * @param size how many steps there are in all
 */
export function startSteps(rest: readonly Step[], size: number): StartSteps {
  const wait = rest.findLastIndex((step) => step.op === "call" && step.call === "recvmsg");
  if (wait < 0) return {};
  const last = inOrder(rest.slice(wait));
  const told: Record<number, StartStep> = {};
  last.forEach((step, position) => {
    if (!("doing" in step)) return;
    const { doing } = step;
    told[size - last.length + 1 + position] = step.op === "call" && isOfHook(LIST, doing) ? toldCall(step) : doing;
  });
  return told;
}

/** A step's sentence. */
export function sentenceOf(step: StartStep): string {
  return typeof step === "string" ? step : step.doing;
}

/** Whether the step is of a startContainer hook. */
export function isOfStartHook(step: StartStep): boolean {
  return isOfHook(LIST, sentenceOf(step));
}

/** Whether there are startContainer hooks. */
export function hasStartHooks(steps: StartSteps): boolean {
  return Object.values(steps).some(isOfStartHook);
}
