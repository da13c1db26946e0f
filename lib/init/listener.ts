/**
 * seccomp_unotify(2): the agent gets the listener of the filter although the process that has loaded the filter can make no call
 * any more but execve(2). A second thread, which the filter is not for, waits until the listener is there and sends it; the first
 * one waits for that without a call, by looking at memory. When it executes the user's program, no trace of the thread is left.
 */
import { E } from "../linux/errno.ts";
import { CLONE, SCHED } from "../linux/sched.ts";
import { SECCOMP } from "../linux/seccomp.ts";
import { type At, type Buffer, buffer, call, type Slot, type Step, slot, words } from "../program/step.ts";
import type { SeccompSpec } from "../spec/container-spec.ts";
import { sendWith } from "./rights.ts";

/** The largest state document that an agent can be sent, in bytes. */
export const DOCUMENT_SIZE = 131072;

/** What goes to the agent: a state document and the socket to send it on, both there when the filter is loaded. */
export interface ToAgent {
  readonly document: Buffer;
  readonly length: Slot;
  readonly socket: Slot | At;
}

/** A thread: what one process's threads must share, and what no other process's may. */
const THREAD = CLONE.VM | CLONE.FS | CLONE.FILES | CLONE.SIGHAND | CLONE.THREAD | CLONE.SYSVSEM;

/** No descriptor. */
const NONE = -1;

/** Often enough that nobody notices: the filter is loaded as soon as the thread is there. */
const PAUSE = words(0, 50_000);

/** Loads a filter and sends its listener. Nothing but execve(2) may follow. */
export function loadWithListener(seccomp: SeccompSpec, agent: ToAgent): Step[] {
  const loaded = slot("loaded");
  const listener = slot("listener");
  const ready = slot("the thread can run beside the first one");
  const sent = slot("the listener is sent");
  return [
    { op: "assign", slot: listener, value: NONE },
    {
      op: "clone",
      doing: "make a thread that sends the seccomp listener",
      args: words(THREAD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      result: slot("thread"),
      child: [
        // Beside a first thread that looks at memory with the priority of a real-time process it would never run, below it does:
        // the kernel keeps a twentieth of the time for the others.
        call("leave real-time scheduling", "sched_setscheduler", [0, SCHED.OTHER, words(0)], {
          tolerate: [E.EPERM, E.EINVAL],
        }),
        { op: "assign", slot: ready, value: 1 },
        {
          op: "while",
          value: listener,
          equals: NONE,
          steps: [call("wait for the seccomp listener", "nanosleep", [PAUSE, 0], { tolerate: [E.EINTR] })],
        },
        ...send(listener, agent),
        { op: "assign", slot: sent, value: 1 },
        call("end the thread", "exit", [0]),
      ],
      parent: [],
    },
    // It begins as real-time as the first thread: on one processor it gets its turn only while that one can still give way.
    { op: "while", value: ready, equals: 0, steps: [call("let the thread begin", "sched_yield", [])] },
    loadFilter(seccomp, loaded),
    // Not before it is known to be a descriptor; and one store, which the thread can't see half of.
    { op: "assign", slot: listener, value: loaded },
    { op: "while", value: sent, equals: 0, steps: [] },
  ];
}

/** seccomp(2). */
export function loadFilter({ filter, flags }: SeccompSpec, listener?: Slot): Step {
  const program = words(filter.length / 8, filter);
  const args = [SECCOMP.SET_MODE_FILTER, flags, program];
  return call("load the seccomp filter", "seccomp", args, listener && { result: listener });
}

/** Agents take one message, and some read until the connection ends. */
function send(listener: Slot, { document, length, socket }: ToAgent): Step[] {
  const start = slot("document");
  const vector = buffer("iov", 16);
  return [
    { op: "assign", slot: start, value: document },
    { op: "store", into: vector, offset: 0, width: 8, value: start },
    { op: "store", into: vector, offset: 8, width: 8, value: length },
    ...sendWith("send the seccomp listener to its agent", listener, socket, vector),
  ];
}
