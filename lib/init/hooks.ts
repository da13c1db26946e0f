/** Hooks that run in the container's namespaces: children of the init program, which waits for each. */
import { E } from "../linux/errno.ts";
import { CLOSE_RANGE, SEEK } from "../linux/fcntl.ts";
import { POLL } from "../linux/poll.ts";
import { CLONE } from "../linux/sched.ts";
import { SIGNALS } from "../linux/signals.ts";
import { CLD, P, SIGINFO_SIZE, W } from "../linux/wait.ts";
import { at, type Buffer, buffer, call, pointers, type Step, slot, words } from "../program/step.ts";
import type { HookSpec } from "../spec/container-spec.ts";
import type { HookOutput } from "./handles.ts";

/** Offsets of si_code and si_status in siginfo_t. */
const SI_CODE = 8;
const SI_STATUS = 24;

/** What a hook has on its stdin, and where it prints to: the numbers of open descriptors. */
export interface HookFiles extends HookOutput {
  readonly state: number;
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

/** Runs the hooks of one list in order; the first that fails or takes too long fails the program. */
export function runHooks(list: string, hooks: readonly HookSpec[], files: HookFiles): Step[] {
  return hooks.flatMap((hook) => runHook(`${runs(list)}${JSON.stringify(hook.path)}`, hook, files));
}

/** Whether a step's sentence says that it is of a hook of this list. */
export function isOfHook(list: string, doing: string): boolean {
  return doing.startsWith(runs(list));
}

function runs(list: string): string {
  return `run ${list} hook `;
}

function runHook(doing: string, hook: HookSpec, files: HookFiles): Step[] {
  const pid = slot("hook pid");
  const pidfd = buffer("hook pidfd", 4);
  const status = buffer("siginfo", SIGINFO_SIZE);
  const exited: Step = {
    op: "when",
    value: at(status, SI_CODE),
    equals: CLD.EXITED,
    then: [
      {
        op: "when",
        value: at(status, SI_STATUS),
        equals: 0,
        then: [],
        otherwise: [{ op: "fail", doing: `${doing}: it exited with an error`, errno: E.ECANCELED }],
      },
    ],
    otherwise: [{ op: "fail", doing: `${doing}: it was killed by a signal`, errno: E.ECANCELED }],
  };
  return [
    {
      op: "clone",
      doing,
      args: words(CLONE.PIDFD, pidfd, 0, 0, SIGNALS.SIGCHLD, 0, 0, 0, 0, 0, 0),
      result: pid,
      child: becomeHook(doing, hook, files),
      parent: [],
    },
    ...(hook.timeout === undefined ? [] : limitTime(doing, hook.timeout, pidfd)),
    call(doing, "waitid", [P.PIDFD, at(pidfd, 0), status, W.EXITED, 0]),
    call(doing, "close", [at(pidfd, 0)]),
    exited,
  ];
}

/** Waits for the end of the hook for `seconds`, then kills it and fails. */
function limitTime(doing: string, seconds: number, pidfd: Buffer): Step[] {
  const poll = buffer("pollfd", 8);
  const ended = slot("ended in time");
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
        call(`${doing}: kill it`, "pidfd_send_signal", [at(pidfd, 0), SIGNALS.SIGKILL, 0, 0]),
        { op: "fail", doing: `${doing}: it took longer than its timeout, ${seconds} s`, errno: E.ETIMEDOUT },
      ],
    },
  ];
}
