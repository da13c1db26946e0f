/**
 * The last part of the init program: it sleeps in the `created` container until `runt start` says go, then becomes the user's
 * program. `start` sends two descriptors along: a page for the report of a failed step, and the end of a pipe that closes
 * when execve(2) succeeds or the process dies, so that `start` knows which of the two it was.
 */
import { CLOSE_RANGE } from "../linux/fcntl.ts";
import { SECCOMP } from "../linux/seccomp.ts";
import { MSG } from "../linux/socket.ts";
import { at, type Buffer, buffer, call, type Slot, type Step, words } from "../program/step.ts";
import type { ProcessSpec, SeccompSpec } from "../spec/container-spec.ts";
import { mapReport } from "./stage1.ts";

/** struct cmsghdr with room for two descriptors. */
const CONTROL_SIZE = 24;

/** Waits for the message of `runt start`. */
export function waitForStart(start: number): Step[] {
  const control: Buffer = buffer("control", CONTROL_SIZE);
  const iov = words(buffer("go", 1), 1);
  const message = words(0, 0, iov, 1, control, CONTROL_SIZE, 0);
  return [
    call("wait for start", "recvmsg", [start, message, MSG.CMSG_CLOEXEC]),
    // The two descriptors stand behind the header of 16 bytes; the pipe's stays open until execve(2).
    { op: "assign", slot: REPORT_FD, value: at(control, 16) },
    mapReport(REPORT_FD),
  ];
}

const REPORT_FD: Slot = { kind: "slot", name: "report of start" };

/**
 * Closes on execve(2) all descriptors that the user's program is not to have, whoever left them open (CVE-2024-21626).
 */
export function closeOnExec({ preserveFds }: ProcessSpec): Step {
  const first = 3 + preserveFds;
  return call(`mark descriptors from ${first} on close-on-exec`, "close_range", [
    first,
    0xffffffff,
    CLOSE_RANGE.CLOEXEC,
  ]);
}

/** Nothing but execve(2) may follow: a profile has to allow no more than that. */
export function loadSeccomp({ filter, flags }: SeccompSpec): Step {
  const program = words(filter.length / 8, filter);
  return call("load the seccomp filter", "seccomp", [SECCOMP.SET_MODE_FILTER, flags, program]);
}

/** Becomes the user's program, found earlier at `path`. */
export function execute({ args, env }: ProcessSpec, path: Slot | string): Step {
  return call(`exec: ${JSON.stringify(args[0])}`, "execve", [path, words(...args, 0), words(...env, 0)]);
}
