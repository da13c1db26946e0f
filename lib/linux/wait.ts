/** The ends of processes: waitid(2), wait4(2). */

/** `P_*`, what waitid(2) waits for. */
export const P = { ALL: 0, PID: 1, PGID: 2, PIDFD: 3 } as const;

/** `W*`, the flags of waitid(2) and wait4(2). */
export const W = { NOHANG: 0x1, UNTRACED: 0x2, STOPPED: 0x2, EXITED: 0x4, CONTINUED: 0x8, NOWAIT: 0x1000000 } as const;

/** `CLD_*`, the si_code that waitid(2) leaves. */
export const CLD = { EXITED: 1, KILLED: 2, DUMPED: 3, TRAPPED: 4, STOPPED: 5, CONTINUED: 6 } as const;

/** Bytes of struct siginfo_t. */
export const SIGINFO_SIZE = 128;

/** Where waitid(2) puts its answer in siginfo_t, int32 each. */
export const SIGINFO_OFFSET = { signo: 0, code: 8, pid: 16, uid: 20, status: 24 } as const;

/** A wait4(2) status as a shell's exit code: 0–255, or 128 + the signal that killed the process. */
export function exitCode(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
