/** Steps in words: a failed call as strace prints it. */
import { SyscallError } from "../base/errors.ts";
import { RuntimeError } from "../base/errors.ts";
import { reason } from "../linux/errno.ts";
import type { Argument, Step } from "./step.ts";

/** The failure of a step: what it was doing, the call with its arguments, the errno. */
export function failure(step: Step, errno: number): RuntimeError {
  const doing = "doing" in step ? step.doing : step.op;
  if (step.op !== "call") return new RuntimeError(doing, { cause: new RuntimeError(reason(errno)) });
  const text = `${step.call}(${step.args.map(argumentText).join(", ")})`;
  return new RuntimeError(doing, { cause: new SyscallError(text, errno, reason(errno)) });
}

function argumentText(argument: Argument): string {
  if (typeof argument === "string") return JSON.stringify(argument);
  if (typeof argument === "object" && "name" in argument) return argument.name;
  if (typeof argument === "number") return argument > 4096 ? `0x${argument.toString(16)}` : String(argument);
  return "…";
}
