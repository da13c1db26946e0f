/** Processes: made, waited for, signalled; always by pidfd where a pid could be another's by now. */
import { errnoOf } from "../base/errors.ts";
import { LINUX_CAPABILITY_VERSION_3 } from "../linux/capabilities.ts";
import { E } from "../linux/errno.ts";
import { exitCode } from "../linux/wait.ts";
import { must, syscall, tolerating, spawn as vforkExec } from "./ffi.ts";
import type { Fd } from "./file.ts";
import { readFileIfExists } from "./file.ts";

/** The pid of this process. */
export function getpid(): number {
  return syscall("getpid");
}

/** The effective user id of this process. */
export function geteuid(): number {
  return syscall("geteuid");
}

/** Whether this process has a capability in effect. Throws SyscallError. */
export function capable(capability: number): boolean {
  return (((capabilities()[capability < 32 ? 0 : 3] as number) >>> (capability & 31)) & 1) === 1;
}

/** The capabilities that this process has permitted: bits 0 to 31, and those above. Throws SyscallError. */
export function permitted(): [number, number] {
  const sets = capabilities();
  return [sets[1] as number, sets[4] as number];
}

/** capget(2): struct __user_cap_data_struct, twice: effective, permitted, inheritable. */
function capabilities(): Uint32Array {
  const sets = new Uint32Array(6);
  must("capget", new Uint32Array([LINUX_CAPABILITY_VERSION_3, 0]), sets);
  return sets;
}

/** Starts the executable file `fd` with close-on-exec descriptors closed: its pid. Throws RuntimeError with execveat's errno. */
export function spawn(fd: Fd, argv: readonly string[], env: readonly string[]): number {
  return vforkExec(fd, argv, env);
}

/** pidfd_open(2): undefined when there is no such process. Throws SyscallError. */
export function pidfdOpen(pid: number): Fd | undefined {
  const fd = tolerating([E.ESRCH, E.EINVAL], "pidfd_open", pid, 0);
  return fd < 0 ? undefined : fd;
}

/** pidfd_open(2) of a child that is not waited for yet: it is there, if only as a zombie. Throws SyscallError. */
export function ownPidfd(pid: number): Fd {
  return must("pidfd_open", pid, 0);
}

/** pidfd_send_signal(2). Answers whether the process was there. Throws SyscallError. */
export function pidfdSignal(pidfd: Fd, signal: number): boolean {
  return tolerating([E.ESRCH], "pidfd_send_signal", pidfd, signal, null, 0) === 0;
}

/** kill(2) by pid, for a child of ours that is not reaped yet or a process read from a cgroup just now; a missing one is fine. */
export function kill(pid: number, signal: number): void {
  tolerating([E.ESRCH], "kill", pid, signal);
}

/**
 * wait4(2) for a child (-1: any); with WNOHANG in `options` answers undefined when none has ended. Undefined, too, when there is
 * no such child. `status` is the exit status a shell would give: the code, or 128 + the signal, which is 0 for none. Throws SyscallError.
 */
export function wait(pid: number, options = 0): { pid: number; status: number; signal: number } | undefined {
  const raw = new Int32Array(1);
  const reaped = tolerating([E.ECHILD, E.EINTR], "wait4", pid, raw, options, null);
  if (reaped === -E.EINTR) return wait(pid, options);
  if (reaped <= 0) return undefined;
  const status = raw[0] as number;
  return { pid: reaped, status: exitCode(status), signal: status & 0x7f };
}

/** How a process stands in /proc/PID/stat, proc_pid_stat(5). */
export interface ProcessStat {
  /** One letter: R, S, D, Z… */
  readonly state: string;
  /** Clock ticks since boot: with the pid it names a process for good. */
  readonly startTime: number;
  /** How many threads it has, those included that wait to be waited for. */
  readonly threads: number;
  /** It has executed no program since it was forked. */
  readonly neverExecuted: boolean;
  /** The signal that has ended it; 0 for none, and for whom may not know. */
  readonly signal: number;
}

/** Whether it has ended: a zombie may be the first thread alone, while others live on. */
export function hasEnded({ state, threads }: ProcessStat): boolean {
  return (state === "Z" || state === "X") && threads < 2;
}

function statText(pid: number): string | undefined {
  try {
    return readFileIfExists(`/proc/${pid}/stat`);
  } catch (error) {
    // It ended between open and read.
    if (errnoOf(error) === E.ESRCH) return undefined;
    throw error;
  }
}

/** Of the kernel's flags of a process, <linux/sched.h>: cleared by execve(2). */
const PF_FORKNOEXEC = 0x40;

/** How a process stands; undefined when there is none. Throws SyscallError. */
export function processStat(pid: number): ProcessStat | undefined {
  const text = statText(pid);
  if (text === undefined) return undefined;
  // The name in field 2 may hold spaces and parentheses: count from its last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ", 20);
  const neverExecuted = (Number(fields[6]) & PF_FORKNOEXEC) !== 0;
  // The last of all fields, some fifty, which are not worth to be told apart for it.
  const signal = Number(text.slice(text.lastIndexOf(" ") + 1)) & 0x7f;
  const [threads, startTime] = [Number(fields[17]), Number(fields[19])];
  return { state: fields[0] as string, startTime, threads, neverExecuted, signal };
}

/** Time that passes, in milliseconds from some point on, clock_gettime(2) of CLOCK_MONOTONIC. */
export function milliseconds(): number {
  const time = new BigInt64Array(2);
  must("clock_gettime", 1, time);
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
}
