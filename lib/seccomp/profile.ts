/** linux.seccomp of config.json in the numbers of libseccomp, seccomp_rule_add(3), and of seccomp(2). */
import type { Seccomp, SeccompArg, SeccompSyscall } from "../config/schema.ts";
import { E } from "../linux/errno.ts";
import { SECCOMP_FILTER_FLAG, SECCOMP_RET } from "../linux/seccomp.ts";

type Action = SeccompSyscall["action"];

/** `SCMP_ACT_*`: libseccomp has the kernel's numbers. */
export const ACTIONS: Readonly<Record<Action, number>> = {
  SCMP_ACT_KILL: SECCOMP_RET.KILL_THREAD,
  SCMP_ACT_KILL_PROCESS: SECCOMP_RET.KILL_PROCESS,
  SCMP_ACT_KILL_THREAD: SECCOMP_RET.KILL_THREAD,
  SCMP_ACT_TRAP: SECCOMP_RET.TRAP,
  SCMP_ACT_ERRNO: SECCOMP_RET.ERRNO,
  SCMP_ACT_TRACE: SECCOMP_RET.TRACE,
  SCMP_ACT_ALLOW: SECCOMP_RET.ALLOW,
  SCMP_ACT_LOG: SECCOMP_RET.LOG,
  SCMP_ACT_NOTIFY: SECCOMP_RET.USER_NOTIF,
};

/** `SCMP_CMP_*`, enum scmp_compare of <seccomp.h>. */
export const OPERATORS: Readonly<Record<SeccompArg["op"], number>> = {
  SCMP_CMP_NE: 1,
  SCMP_CMP_LT: 2,
  SCMP_CMP_LE: 3,
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_MASKED_EQ: 7,
};

/** Flags of seccomp(2). The filter is loaded by a process of one thread, so that there is none to synchronize. */
export const FLAGS: Readonly<Record<NonNullable<Seccomp["flags"]>[number], number>> = {
  SECCOMP_FILTER_FLAG_TSYNC: 0,
  SECCOMP_FILTER_FLAG_LOG: SECCOMP_FILTER_FLAG.LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: SECCOMP_FILTER_FLAG.SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: SECCOMP_FILTER_FLAG.WAIT_KILLABLE_RECV,
};

/** What happens at a call that no rule is about. */
export function defaultActionOf({ defaultAction, defaultErrnoRet }: Seccomp): number {
  return actionOf(defaultAction, defaultErrnoRet);
}

function actionOf(name: Action, errnoRet: number = E.EPERM): number {
  const takesErrno = name === "SCMP_ACT_ERRNO" || name === "SCMP_ACT_TRACE";
  return ACTIONS[name] + (takesErrno ? errnoRet : 0);
}

/** One rule as libseccomp takes it. */
export interface SyscallRule {
  readonly name: string;
  readonly action: number;
  /** All must hold, each about another argument: struct scmp_arg_cmp. */
  readonly comparisons: readonly Comparison[];
}

export interface Comparison {
  readonly index: number;
  readonly op: number;
  readonly a: bigint;
  readonly b: bigint;
}

/** The rules, without those that say what happens anyway, which libseccomp refuses. */
export function rulesOf(profile: Seccomp): SyscallRule[] {
  const otherwise = defaultActionOf(profile);
  const rules: SyscallRule[] = [];
  for (const { names, action: actionName, errnoRet, args = [] } of profile.syscalls ?? []) {
    const action = actionOf(actionName, errnoRet);
    if (action === otherwise) continue;
    const alternatives = alternativesOf(args);
    for (const name of names) {
      for (const comparisons of alternatives) rules.push({ name, action, comparisons });
    }
  }
  return rules;
}

/**
 * All of `args` must hold. But libseccomp takes one comparison of an argument in a rule: runtimes have always made a rule of
 * each comparison then, of which any may hold, and profiles rely on it.
 */
function alternativesOf(args: readonly SeccompArg[]): Comparison[][] {
  const comparisons = args.map(({ index, op, value, valueTwo = 0 }) => {
    return { index, op: OPERATORS[op], a: BigInt(value), b: BigInt(valueTwo) };
  });
  const arguments_ = new Set(args.map(({ index }) => index));
  return arguments_.size === args.length ? [comparisons] : comparisons.map((comparison) => [comparison]);
}

/** Whether an agent is to be asked about some calls. */
export function usesNotify({ syscalls }: Seccomp): boolean {
  return syscalls?.some(({ action }) => action === "SCMP_ACT_NOTIFY") ?? false;
}

/**
 * The flags for seccomp(2), SECCOMP_FILTER_FLAG_*. Without a list of flags, not even an empty one, speculation is not mitigated
 * beyond what the kernel does for every process: runc's and crun's default.
 */
export function filterFlags(profile: Seccomp): number {
  let flags = usesNotify(profile) ? SECCOMP_FILTER_FLAG.NEW_LISTENER : 0;
  if (profile.flags === undefined) return flags | SECCOMP_FILTER_FLAG.SPEC_ALLOW;
  for (const name of profile.flags) flags |= FLAGS[name];
  return flags;
}

/**
 * Whether calls that are newer than the profile are to fail with ENOSYS. A program takes that for an old kernel and uses an older
 * call instead; what a deny-list lets through, or a tracer sees, is none of ours.
 */
export function hidesNewCalls({ defaultAction, defaultErrnoRet }: Seccomp): boolean {
  if (defaultAction === "SCMP_ACT_ERRNO") return defaultErrnoRet !== E.ENOSYS;
  return defaultAction !== "SCMP_ACT_ALLOW" && defaultAction !== "SCMP_ACT_LOG" && defaultAction !== "SCMP_ACT_TRACE";
}
