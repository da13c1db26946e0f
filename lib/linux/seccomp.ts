/** System call filters: seccomp(2). */

/** `SECCOMP_*`, the operations of seccomp(2). */
export const SECCOMP = { SET_MODE_STRICT: 0, SET_MODE_FILTER: 1, GET_ACTION_AVAIL: 2, GET_NOTIF_SIZES: 3 } as const;

/** `SECCOMP_FILTER_FLAG_*`, the flags of SECCOMP_SET_MODE_FILTER. */
export const SECCOMP_FILTER_FLAG = {
  TSYNC: 0x1,
  LOG: 0x2,
  SPEC_ALLOW: 0x4,
  NEW_LISTENER: 0x8,
  TSYNC_ESRCH: 0x10,
  WAIT_KILLABLE_RECV: 0x20,
} as const;

/** `SECCOMP_RET_*`, what a filter answers; the low 16 bits are data, such as an errno. */
export const SECCOMP_RET = {
  KILL_PROCESS: 0x80000000,
  KILL_THREAD: 0x0,
  TRAP: 0x30000,
  ERRNO: 0x50000,
  USER_NOTIF: 0x7fc00000,
  TRACE: 0x7ff00000,
  LOG: 0x7ffc0000,
  ALLOW: 0x7fff0000,
} as const;

/** `SECCOMP_MODE_FILTER` of PR_SET_SECCOMP. */
export const SECCOMP_MODE_FILTER = 2;

/** `AUDIT_ARCH_*`, <linux/audit.h>: the machine of a call, as a filter sees it. */
export const AUDIT_ARCH = { X86_64: 0xc000003e, I386: 0x40000003, AARCH64: 0xc00000b7 } as const;
