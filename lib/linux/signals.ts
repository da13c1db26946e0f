/** Signals by number and by the names that kill(1), runtimes and engines use: signal(7). */

/** The numbers of the standard signals, the same on x86-64 and aarch64, <asm-generic/signal.h>. */
export const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const;

/** `SIG_*`, what rt_sigprocmask(2) does with its set of 64 bits, of which signal n is bit n - 1. */
export const SIG = { BLOCK: 0, UNBLOCK: 1, SETMASK: 2 } as const;

/** Other names of the same numbers. */
const SYNONYMS: Readonly<Record<string, number>> = { SIGIOT: 6, SIGCLD: 17, SIGPOLL: 29, SIGUNUSED: 31 };

/** Real-time signals as programs see them: libc keeps 32 and 33 for itself. */
const SIGRTMIN = 34;
const SIGRTMAX = 64;

/**
 * The number of a signal: `KILL`, `SIGKILL` in any case, `9`, `SIGRTMIN+3`, `RTMAX-1`.
 * @returns undefined for what is no signal; 0 is one, which only asks whether the process is there
 */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number <= SIGRTMAX ? number : undefined;
  }
  const upper = text.toUpperCase();
  const name = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  if (Object.hasOwn(SIGNALS, name)) return SIGNALS[name as keyof typeof SIGNALS];
  if (Object.hasOwn(SYNONYMS, name)) return SYNONYMS[name];
  const realTime = /^SIGRT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (realTime === null) return undefined;
  const distance = Number(realTime[3] ?? 0);
  const number = (realTime[1] === "MIN" ? SIGRTMIN : SIGRTMAX) + (realTime[2] === "-" ? -distance : distance);
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined;
}

/** The name of a signal: `SIGKILL`, `SIGRTMIN+3`; for a number that is none, `signal 99`. */
export function signalName(signal: number): string {
  for (const [name, number] of Object.entries(SIGNALS)) if (number === signal) return name;
  if (signal < SIGRTMIN || signal > SIGRTMAX) return `signal ${signal}`;
  return signal === SIGRTMIN ? "SIGRTMIN" : `SIGRTMIN+${signal - SIGRTMIN}`;
}
