/** Steps in words: the plan as it is listed, and a failed step as it is told. */
import { RuntimeError, SyscallError } from "../base/errors.ts";
import { errnoName, reason } from "../linux/errno.ts";
import { argumentText, callText, type Printable } from "../linux/strace.ts";
import type { SyscallName } from "../linux/syscalls.ts";
import { hint } from "./hints.ts";
import { writtenOut } from "./order.ts";
import type { Argument, Call, Clone, Step } from "./step.ts";

/** What a step does, without its blocks: `fd = openat(AT_FDCWD, "/", O_RDONLY|O_PATH, 0)`. */
export function stepText(step: Step): string {
  switch (step.op) {
    case "call": {
      const called = callText(step.call, step.args.map(printable));
      const kept = step.result === undefined ? called : `${step.result.name} = ${called}`;
      return step.tolerate === undefined ? kept : `${kept} or ${errnoNames(step.tolerate)}`;
    }
    case "clone":
      return `${step.result.name} = ${cloneText(step)}`;
    case "attempt":
      return "try";
    case "when": {
      const value = step.mask === undefined ? text(step.value) : `(${text(step.value)} & ${text(step.mask)})`;
      return `if ${value} == ${text(step.equals)}`;
    }
    case "while":
      return `while ${text(step.value)} == ${text(step.equals)}`;
    case "store":
      return `${placeText(step.into.name, step.offset)} = ${text(step.value)}`;
    case "assign":
      return `${step.slot.name} = ${text(step.value)}`;
    case "each":
      return `for each of ${step.items.length}`;
    case "rest":
      return "go on with the rest of the program";
    case "fail":
      return step.errno === 0 ? "fail" : `fail with ${errnoName(step.errno)}`;
  }
}

/**
 * A plan as lines: each step with its number, what it is for, and what it does; the blocks inside it are indented.
 * `  7   mount proc on /proc: fs = fsopen("proc", FSOPEN_CLOEXEC)`
 */
export function planText(steps: readonly Step[]): string[] {
  const lines: string[] = [];
  let index = 0;
  const line = (number: string, depth: number, words: string): void => {
    lines.push(`${number.padStart(4)} ${"  ".repeat(depth)}${words}`);
  };
  const list = (block: readonly Step[], depth: number): void => {
    for (const step of writtenOut(block)) {
      line(String(++index), depth, "doing" in step ? `${step.doing}: ${stepText(step)}` : stepText(step));
      for (const { title, steps } of titledBlocks(step)) {
        if (title !== "") line("", depth, title);
        list(steps, depth + 1);
      }
    }
  };
  list(steps, 0);
  return lines;
}

/** A call whose step is not at hand when it fails. */
export interface ToldCall {
  readonly doing: string;
  readonly call: SyscallName;
  /** As strace prints it. */
  readonly text: string;
}

/** A call in words, for later. */
export function toldCall({ doing, call, args }: Call): ToldCall {
  return { doing, call, text: callText(call, args.map(printable)) };
}

/** The failure of a step: what it was for, the call as strace prints it, the errno, and a hint where that misleads. */
export function failure(step: Step, errno: number): RuntimeError {
  if (step.op === "call") return failedCall(toldCall(step), errno);
  if (step.op === "clone") return failedCall({ doing: step.doing, call: "clone3", text: cloneText(step) }, errno);
  // Only calls, clones and what is meant to fail can fail: the report says otherwise of no other step.
  return failedSentence("doing" in step ? step.doing : stepText(step), errno);
}

/** The failure of a call. */
export function failedCall({ doing, call, text }: ToldCall, errno: number): RuntimeError {
  const cause = hint(call, errno);
  const why = cause === undefined ? reason(errno) : `${reason(errno)} (${cause})`;
  return new RuntimeError(doing, { cause: new SyscallError(text, errno, why) });
}

/** The failure of a step of which nothing is known but its sentence. */
export function failedSentence(doing: string, errno: number): RuntimeError {
  return errno === 0 ? new RuntimeError(doing) : new SyscallError(doing, errno, reason(errno));
}

/** The blocks of a step with the words before them; none before what goes without saying. */
function titledBlocks(step: Step): { title: string; steps: readonly Step[] }[] {
  switch (step.op) {
    case "attempt": {
      const on = step.on === "any" ? "any errno" : errnoNames(step.on);
      return [
        { title: "", steps: step.steps },
        { title: `on ${on}`, steps: step.otherwise },
      ];
    }
    case "when":
      return [
        { title: "", steps: step.then },
        ...(step.otherwise === undefined ? [] : [{ title: "else", steps: step.otherwise }]),
      ];
    case "while":
      return [{ title: "", steps: step.steps }];
    case "clone":
      return [
        { title: "in the child", steps: step.child },
        { title: "in the parent", steps: step.parent },
      ];
    default:
      return [];
  }
}

function cloneText({ args }: Clone): string {
  return callText("clone3", [printable(args), args.kind === "words" ? args.words.length * 8 : args.size]);
}

/** An argument as strace's table takes it; what is known only when the program runs is told by its name. */
function printable(argument: Argument): Printable {
  if (typeof argument !== "object" || argument instanceof Uint8Array) return argument;
  if (argument.kind === "words") return { words: argument.words.map(printable) };
  return argument.kind === "at" ? { name: placeText(argument.buffer.name, argument.offset) } : { name: argument.name };
}

/** A value alone. */
function text(value: Argument): string {
  return argumentText(printable(value));
}

function placeText(buffer: string, offset: number): string {
  return offset === 0 ? buffer : `${buffer}[${offset}]`;
}

function errnoNames(errnos: readonly number[]): string {
  return errnos.map(errnoName).join(", ");
}
