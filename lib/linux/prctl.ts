/** What a process may set for itself: prctl(2). */

/** `PR_*`, the operations of prctl(2), <linux/prctl.h>. `SET_MDWE` came with Linux 6.3, `SET_MEMORY_MERGE` with 6.4. */
export const PR = {
  SET_PDEATHSIG: 1,
  GET_PDEATHSIG: 2,
  GET_DUMPABLE: 3,
  SET_DUMPABLE: 4,
  GET_KEEPCAPS: 7,
  SET_KEEPCAPS: 8,
  SET_NAME: 15,
  GET_NAME: 16,
  GET_SECCOMP: 21,
  SET_SECCOMP: 22,
  CAPBSET_READ: 23,
  CAPBSET_DROP: 24,
  GET_SECUREBITS: 27,
  SET_SECUREBITS: 28,
  SET_TIMERSLACK: 29,
  SET_MM: 35,
  SET_CHILD_SUBREAPER: 36,
  GET_CHILD_SUBREAPER: 37,
  SET_NO_NEW_PRIVS: 38,
  GET_NO_NEW_PRIVS: 39,
  SET_THP_DISABLE: 41,
  CAP_AMBIENT: 47,
  SET_SPECULATION_CTRL: 53,
  SCHED_CORE: 62,
  SET_MDWE: 65,
  SET_MEMORY_MERGE: 67,
} as const;

/** `PR_CAP_AMBIENT_*`, the second argument of PR_CAP_AMBIENT. */
export const PR_CAP_AMBIENT = { IS_SET: 1, RAISE: 2, LOWER: 3, CLEAR_ALL: 4 } as const;

/** `PR_SCHED_CORE_*`, the second argument of PR_SCHED_CORE (Linux 5.14). */
export const PR_SCHED_CORE = {
  GET: 0,
  CREATE: 1,
  SHARE_TO: 2,
  SHARE_FROM: 3,
  SCOPE_THREAD: 0,
  SCOPE_THREAD_GROUP: 1,
  SCOPE_PROCESS_GROUP: 2,
} as const;

/** `SECBIT_*`, the securebits of capabilities(7). */
export const SECBIT = {
  NOROOT: 0x1,
  NOROOT_LOCKED: 0x2,
  NO_SETUID_FIXUP: 0x4,
  NO_SETUID_FIXUP_LOCKED: 0x8,
  KEEP_CAPS: 0x10,
  KEEP_CAPS_LOCKED: 0x20,
  NO_CAP_AMBIENT_RAISE: 0x40,
  NO_CAP_AMBIENT_RAISE_LOCKED: 0x80,
} as const;
