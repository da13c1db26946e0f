/** Hooks that run in the container's namespaces: children of the init program, which waits for each. */
import { E } from "../linux/errno.ts";
import { CLOSE_RANGE, SEEK } from "../linux/fcntl.ts";
import { PIDFD_SIGNAL_PROCESS_GROUP } from "../linux/pidfd.ts";
import { POLL } from "../linux/poll.ts";
import { CLONE } from "../linux/sched.ts";
import { SIGNALS } from "../linux/signals.ts";
import { CLD, P, SIGINFO_OFFSET, W } from "../linux/wait.ts";
import { at, type Buffer, buffer, call, pointers, type Step, slot, type Value, words } from "../program/step.ts";
import type { HookSpec } from "../spec/container-spec.ts";
import { PAGE_HOOK_END } from "./page.ts";

/** What a hook has on its stdin, and where it prints to: open descriptors. */
export interface HookFiles {
  readonly state: number;
  readonly stdout: Value;
  readonly stderr: Value;
  /** Where that goes which goes to no file of the user's. */
  readonly collected: Value;
}

/** Becomes the hook, which is what `doing` says: the state document on stdin, the hook's own environment and no other. */
export function becomeHook(doing: string, hook: HookSpec, { state, stdout, stderr }: HookFiles): Step[] {
  return [
    // A group of its own, so that a hook that takes too long can be ended with all that it started.
    call(doing, "setsid", []),
    // All hooks of a list share the open file, so each starts it over.
    call(doing, "lseek", [state, 0, SEEK.SET]),
    call(doing, "dup3", [state, 0, 0]),
    call(doing, "dup3", [stdout, 1, 0]),
    call(doing, "dup3", [stderr, 2, 0]),
    // Nothing else that is open here, be it runt's or its caller's, is a hook's business.
    call(doing, "close_range", [3, 0xffffffff, CLOSE_RANGE.CLOEXEC]),
    call(doing, "execve", [hook.path, pointers(hook.args), pointers(hook.env)]),
  ];
}

/**
 * Runs the hooks of one list in order; the first that fails or takes too long fails the program. How it has ended stands in the page then,
 * and what it has printed in the file that collects it.
 */
export function runHooks(list: string, hooks: readonly HookSpec[], files: HookFiles): Step[] {
  return hooks.flatMap((hook, position) => {
    const doing = `${runs(list)}${JSON.stringify(hook.path)}`;
    return [...(position === 0 ? [] : forget(files.collected)), ...runHook(doing, hook, files)];
  });
}

/** Whether a step's sentence says that it is of a hook of this list. */
export function isOfHook(list: string, doing: string): boolean {
  return doing.startsWith(runs(list));
}

function runs(list: string): string {
  return `run ${list} hook `;
}

/** What hooks have printed that did not fail. */
function forget(collected: Value): Step[] {
  const doing = "forget what the hook before has printed";
  return [call(doing, "ftruncate", [collected, 0]), call(doing, "lseek", [collected, 0, SEEK.SET])];
}

function runHook(doing: string, hook: HookSpec, files: HookFiles): Step[] {
  const pid = slot("hook pid");
  const pidfd = buffer("hook pidfd", 4);
  const failed: Step = { op: "fail", doing, errno: 0 };
  return [
    {
      op: "clone",
      doing,
      args: words(CLONE.PIDFD, pidfd, 0, 0, SIGNALS.SIGCHLD, 0, 0, 0, 0, 0, 0),
      result: pid,
      child: becomeHook(`${doing}: execute it`, hook, files),
      parent: [],
    },
    ...(hook.timeout === undefined ? [] : limitTime(doing, hook.timeout, pidfd)),
    call(doing, "waitid", [P.PIDFD, at(pidfd, 0), PAGE_HOOK_END, W.EXITED, 0]),
    call(doing, "close", [at(pidfd, 0)]),
    {
      op: "when",
      value: at(PAGE_HOOK_END, SIGINFO_OFFSET.code),
      equals: CLD.EXITED,
      then: [{ op: "when", value: at(PAGE_HOOK_END, SIGINFO_OFFSET.status), equals: 0, then: [], otherwise: [failed] }],
      otherwise: [failed],
    },
  ];
}

/** Waits for the end of the hook for `seconds`, then kills it, and what it has started, and fails. */
function limitTime(doing: string, seconds: number, pidfd: Buffer): Step[] {
  const poll = buffer("pollfd", 8);
  const ended = slot("ended in time");
  const kill = (flags: number): Step =>
    call(`${doing}: kill it`, "pidfd_send_signal", [at(pidfd, 0), SIGNALS.SIGKILL, 0, flags]);
  return [
    { op: "store", into: poll, offset: 0, width: 4, value: at(pidfd, 0) },
    // struct pollfd: fd 4, events 2, revents 2.
    { op: "store", into: poll, offset: 4, width: 4, value: POLL.IN },
    call(doing, "ppoll", [poll, 1, words(seconds, 0), 0, 8], { result: ended }),
    {
      op: "when",
      value: ended,
      equals: 0,
      then: [
        // A kernel before Linux 6.9 can't be told the group of a process that is known only now: there what it has started stays.
        {
          op: "attempt",
          steps: [kill(PIDFD_SIGNAL_PROCESS_GROUP)],
          on: [E.EINVAL],
          otherwise: [kill(0)],
        },
        { op: "fail", doing: `${doing}: ${tooLong(seconds)}`, errno: 0 },
      ],
    },
  ];
}

/** Why a hook with a timeout has failed. */
export function tooLong(seconds: number | undefined): string {
  return `it took longer than its timeout, ${seconds} s`;
}

/** Why a hook has failed that has ended; undefined for one that has not failed, or not ended. */
export function endOfHook(code: number, signal: number): string | undefined {
  if (signal !== 0) return `it was killed by signal ${signal}`;
  return code === 0 ? undefined : `it ended with code ${code}`;
}

/** The same as the program has found it in the page. @param end the bytes at HOOK_END_OFFSET */
export function endInPage(end: Uint8Array): string | undefined {
  const siginfo = new DataView(end.buffer, end.byteOffset);
  const status = siginfo.getInt32(SIGINFO_OFFSET.status, true);
  return siginfo.getInt32(SIGINFO_OFFSET.code, true) === CLD.EXITED ? endOfHook(status, 0) : endOfHook(0, status);
}
