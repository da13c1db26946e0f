/** Opening files and what can be done with a descriptor: openat2(2), fcntl(2), close_range(2), flock(2). */
import { OPEN_FLAGS } from "./machine.ts";

/**
 * `O_*`, the flags of open(2), <fcntl.h>. Four of them, and `TMPFILE`, which holds one of the four, differ between
 * machines.
 */
export const O = {
  RDONLY: 0x0,
  WRONLY: 0x1,
  RDWR: 0x2,
  CREAT: 0x40,
  EXCL: 0x80,
  NOCTTY: 0x100,
  TRUNC: 0x200,
  APPEND: 0x400,
  NONBLOCK: 0x800,
  DSYNC: 0x1000,
  DIRECT: OPEN_FLAGS.DIRECT,
  LARGEFILE: OPEN_FLAGS.LARGEFILE,
  DIRECTORY: OPEN_FLAGS.DIRECTORY,
  NOFOLLOW: OPEN_FLAGS.NOFOLLOW,
  NOATIME: 0x40000,
  CLOEXEC: 0x80000,
  SYNC: 0x101000,
  PATH: 0x200000,
  TMPFILE: OPEN_FLAGS.TMPFILE,
} as const;

/** `RESOLVE_*` of openat2(2), <linux/openat2.h>: how a path may be walked. */
export const RESOLVE = {
  NO_XDEV: 0x1,
  NO_MAGICLINKS: 0x2,
  NO_SYMLINKS: 0x4,
  BENEATH: 0x8,
  IN_ROOT: 0x10,
  CACHED: 0x20,
} as const;

/** Bytes of struct open_how: flags, mode, resolve, 8 bytes each. */
export const OPEN_HOW_SIZE_VER0 = 24;

/** `AT_*`, where a path starts and how its end is taken, <linux/fcntl.h>. */
export const AT = {
  FDCWD: -100,
  SYMLINK_NOFOLLOW: 0x100,
  EACCESS: 0x200,
  REMOVEDIR: 0x200,
  SYMLINK_FOLLOW: 0x400,
  NO_AUTOMOUNT: 0x800,
  EMPTY_PATH: 0x1000,
  STATX_FORCE_SYNC: 0x2000,
  STATX_DONT_SYNC: 0x4000,
  RECURSIVE: 0x8000,
} as const;

/** `F_*`, the commands of fcntl(2). */
export const F = {
  DUPFD: 0,
  GETFD: 1,
  SETFD: 2,
  GETFL: 3,
  SETFL: 4,
  GETLK: 5,
  SETLK: 6,
  SETLKW: 7,
  OFD_GETLK: 36,
  OFD_SETLK: 37,
  OFD_SETLKW: 38,
  DUPFD_CLOEXEC: 1030,
  SETPIPE_SZ: 1031,
  GETPIPE_SZ: 1032,
  ADD_SEALS: 1033,
  GET_SEALS: 1034,
} as const;

/** The flag of F_SETFD. */
export const FD_CLOEXEC = 1;

/** `F_SEAL_*`, what a memfd may never undergo again. `EXEC` (Linux 6.3) fixes the execute bits. */
export const F_SEAL = { SEAL: 0x1, SHRINK: 0x2, GROW: 0x4, WRITE: 0x8, FUTURE_WRITE: 0x10, EXEC: 0x20 } as const;

/** `MFD_*`, the flags of memfd_create(2). `NOEXEC_SEAL` and `EXEC` came with Linux 6.3; older kernels answer EINVAL. */
export const MFD = { CLOEXEC: 0x1, ALLOW_SEALING: 0x2, HUGETLB: 0x4, NOEXEC_SEAL: 0x8, EXEC: 0x10 } as const;

/** `LOCK_*`, the operations of flock(2). */
export const LOCK = { SH: 1, EX: 2, NB: 4, UN: 8 } as const;

/** `CLOSE_RANGE_*`, the flags of close_range(2). */
export const CLOSE_RANGE = { UNSHARE: 0x2, CLOEXEC: 0x4 } as const;

/** `RENAME_*`, the flags of renameat2(2), <linux/fs.h>. */
export const RENAME = { NOREPLACE: 0x1, EXCHANGE: 0x2, WHITEOUT: 0x4 } as const;

/** `SEEK_*` of lseek(2). */
export const SEEK = { SET: 0, CUR: 1, END: 2 } as const;

/** What faccessat2(2) asks for, <unistd.h>. */
export const ACCESS = { F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4 } as const;
