/** Keyrings: keyctl(2), keyrings(7). */

/** `KEYCTL_*`, the operations of keyctl(2). */
export const KEYCTL = {
  GET_KEYRING_ID: 0,
  JOIN_SESSION_KEYRING: 1,
  UPDATE: 2,
  REVOKE: 3,
  CHOWN: 4,
  SETPERM: 5,
  DESCRIBE: 6,
  LINK: 8,
  UNLINK: 9,
} as const;

/** `KEY_SPEC_*`, keyrings that every process has. */
export const KEY_SPEC = {
  THREAD_KEYRING: -1,
  PROCESS_KEYRING: -2,
  SESSION_KEYRING: -3,
  USER_KEYRING: -4,
  USER_SESSION_KEYRING: -5,
} as const;

/** Rights of a key's user in KEYCTL_SETPERM, <keyutils.h>; shifted left by 8 they are the possessor's. */
export const KEY_PERM = {
  KEY_USR_VIEW: 0x10000,
  KEY_USR_READ: 0x20000,
  KEY_USR_WRITE: 0x40000,
  KEY_USR_SEARCH: 0x80000,
  KEY_USR_LINK: 0x100000,
  KEY_USR_SETATTR: 0x200000,
} as const;
