/**
 * The last part of the init program: it sleeps in the `created` container until `runt start` says go, then becomes the user's
 * program. `start` sends two descriptors along: a page for the report of a failed step, and the end of a pipe that closes
 * when execve(2) succeeds or the process dies, so that `start` knows which of the two it was.
 */
import { CLOSE_RANGE } from "../linux/fcntl.ts";
import { MSG } from "../linux/socket.ts";
import { at, type Buffer, buffer, call, pointers, type Slot, type Step, slot, words } from "../program/step.ts";
import type { ProcessSpec, SeccompSpec } from "../spec/container-spec.ts";
import { DOCUMENT_SIZE, loadFilter, loadWithListener, type ToAgent } from "./listener.ts";
import { mapReport, PAGE_ADDRESS } from "./page.ts";

/** struct cmsghdr with room for four descriptors. */
const CONTROL_SIZE = 32;

/** Where the descriptors stand in it. */
const FIRST_DESCRIPTOR = 16;

const CONTROL: Buffer = buffer("control", CONTROL_SIZE);

/**
 * Waits for the message of `runt start`.
 * @param agent takes the text of the message, and its third descriptor; undefined: the message is of no interest
 */
export function waitForStart(start: number, agent?: ToAgent): Step[] {
  const iov = agent === undefined ? words(buffer("go", 1), 1) : words(agent.document, agent.document.size);
  const message = words(0, 0, iov, 1, CONTROL, CONTROL_SIZE, 0);
  const length = agent && { result: agent.length };
  return [
    call("wait for start", "recvmsg", [start, message, MSG.CMSG_CLOEXEC], length),
    // The pipe's descriptor is the second: it stays open until execve(2).
    { op: "assign", slot: REPORT_FD, value: at(CONTROL, FIRST_DESCRIPTOR) },
    // In place of the one of `create`: hooks are told at the same place of either.
    mapReport(REPORT_FD, PAGE_ADDRESS, true),
  ];
}

/** Takes what goes to the agent of a filter from a socket on which it waits already: a text and one descriptor. */
export function receiveForAgent(socket: number): { readonly steps: Step[]; readonly agent: ToAgent } {
  const { document, length } = toAgent(false);
  const message = words(0, 0, words(document, document.size), 1, CONTROL, CONTROL_SIZE, 0);
  const doing = "take what goes to the seccomp agent";
  return {
    steps: [call(doing, "recvmsg", [socket, message, MSG.CMSG_CLOEXEC], { result: length })],
    agent: { document, length, socket: at(CONTROL, FIRST_DESCRIPTOR) },
  };
}

/** The file of `runt start` that collects what startContainer hooks print: the third descriptor, if there are any. */
export const COLLECTED = at(CONTROL, FIRST_DESCRIPTOR + 8);

/** What the message of `runt start` brings for the agent of the filter's listener: the last descriptor. */
export function toAgent(hooks: boolean): ToAgent {
  return {
    document: buffer("state document", DOCUMENT_SIZE),
    length: slot("length of the state document"),
    socket: at(CONTROL, FIRST_DESCRIPTOR + (hooks ? 12 : 8)),
  };
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
export function loadSeccomp(seccomp: SeccompSpec | undefined, agent?: ToAgent): Step[] {
  if (seccomp === undefined) return [];
  return agent === undefined ? [loadFilter(seccomp)] : loadWithListener(seccomp, agent);
}

/** Becomes the user's program, found earlier at `path`. */
export function execute({ args, env }: ProcessSpec, path: Slot | string): Step {
  return call(`exec: ${JSON.stringify(args[0])}`, "execve", [path, pointers(args), pointers(env)]);
}
