/** Sync points: the init program tells its parent how far it is, and waits to be told to go on. */
import { E } from "../linux/errno.ts";
import { buffer, call, type Step, slot } from "../program/step.ts";

/** Says `message` and waits for the parent's answer; a parent that has died fails the program. */
export function tellAndWait(sync: number, message: string): Step[] {
  return [
    call("tell the runtime how far the container is", "write", [sync, message, message.length]),
    ...waitForParent(sync),
  ];
}

/** Waits for what the parent does by itself. */
export function waitForParent(sync: number): Step[] {
  const answer = buffer("answer", 1);
  const length = slot("answer length");
  return [
    call("wait for the runtime", "read", [sync, answer, 1], { result: length }),
    {
      op: "when",
      value: length,
      equals: 0,
      then: [{ op: "fail", doing: "wait for the runtime, which has died", errno: E.EPIPE }],
    },
  ];
}
