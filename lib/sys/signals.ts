/** Signals as things to read, signalfd(2), instead of interruptions. */
import { SIGNALFD_SIGINFO_SIZE } from "../linux/poll.ts";
import { SIG, SIGNALS } from "../linux/signals.ts";
import { must, syscall } from "./ffi.ts";
import type { Fd } from "./file.ts";

const SFD_NONBLOCK_CLOEXEC = 0x80800;

/** Blocks every signal of this process and gives the descriptor that they are read from. Throws SyscallError. */
export function catchSignals(): Fd {
  const all = new Uint8Array(8).fill(0xff);
  must("rt_sigprocmask", SIG.SETMASK, all, null, all.length);
  return must("signalfd4", -1, all, all.length, SFD_NONBLOCK_CLOEXEC);
}

/** Ends what catchSignals() began: signals do again what they did before, those that wait first. Throws SyscallError. */
export function releaseSignals(): void {
  const none = new Uint8Array(8);
  must("rt_sigprocmask", SIG.SETMASK, none, null, none.length);
}

/** Whether this process ignores a signal, as it was told to by whoever started it: nohup, a shell's background. Throws SyscallError. */
export function isIgnored(signal: number): boolean {
  // struct sigaction of the kernel: handler, flags, restorer, mask.
  const action = new BigUint64Array(4);
  must("rt_sigaction", signal, null, action, 8);
  return action[0] === SIG_IGN;
}

const SIG_IGN = 1n;

/**
 * The next signal's number, undefined when none waits. That this process has written to a pipe which nobody reads is its own
 * affair: such a SIGPIPE is left out.
 */
export function nextSignal(signals: Fd): number | undefined {
  const info = new Uint32Array(SIGNALFD_SIGINFO_SIZE / 4);
  while (syscall("read", signals, info, info.byteLength) > 0) {
    // struct signalfd_siginfo: ssi_signo, ssi_errno, ssi_code, ssi_pid.
    if (info[0] !== SIGNALS.SIGPIPE || info[3] !== syscall("getpid")) return info[0];
  }
  return undefined;
}
