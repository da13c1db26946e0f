/**
 * mount(2), umount2(2) and the mount API by descriptors: fsopen(2), fsconfig(2), fsmount(2), open_tree(2),
 * mount_setattr(2), move_mount(2).
 */

/**
 * `MS_*`, the flags of mount(2), <linux/mount.h>. Propagation is one of `SHARED`, `PRIVATE`, `SLAVE`, `UNBINDABLE`,
 * with `REC` or not.
 */
export const MS = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  SYNCHRONOUS: 0x10,
  REMOUNT: 0x20,
  MANDLOCK: 0x40,
  DIRSYNC: 0x80,
  NOSYMFOLLOW: 0x100,
  NOATIME: 0x400,
  NODIRATIME: 0x800,
  BIND: 0x1000,
  MOVE: 0x2000,
  REC: 0x4000,
  SILENT: 0x8000,
  POSIXACL: 0x10000,
  UNBINDABLE: 0x20000,
  PRIVATE: 0x40000,
  SLAVE: 0x80000,
  SHARED: 0x100000,
  RELATIME: 0x200000,
  I_VERSION: 0x800000,
  STRICTATIME: 0x1000000,
  LAZYTIME: 0x2000000,
} as const;

/** `MNT_*`, the flags of umount2(2), <sys/mount.h>. */
export const MNT = { FORCE: 0x1, DETACH: 0x2, EXPIRE: 0x4 } as const;

/** `UMOUNT_*`, the flag of umount2(2) that came later under another name. */
export const UMOUNT = { NOFOLLOW: 0x8 } as const;

/**
 * `MOUNT_ATTR_*` of mount_setattr(2) and fsmount(2). The access time is a field of three values under the mask
 * `_ATIME`, not bits.
 */
export const MOUNT_ATTR = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  _ATIME: 0x70,
  RELATIME: 0x0,
  NOATIME: 0x10,
  STRICTATIME: 0x20,
  NODIRATIME: 0x80,
  IDMAP: 0x100000,
  NOSYMFOLLOW: 0x200000,
} as const;

/** Bytes of struct mount_attr: attr_set, attr_clr, propagation (an `MS_*` of propagation), userns_fd, 8 bytes each. */
export const MOUNT_ATTR_SIZE_VER0 = 32;

/** `FSOPEN_*`, the flag of fsopen(2). */
export const FSOPEN = { CLOEXEC: 0x1 } as const;

/** `FSMOUNT_*`, the flag of fsmount(2). */
export const FSMOUNT = { CLOEXEC: 0x1 } as const;

/** `FSPICK_*`, the flags of fspick(2). */
export const FSPICK = { CLOEXEC: 0x1, SYMLINK_NOFOLLOW: 0x2, NO_AUTOMOUNT: 0x4, EMPTY_PATH: 0x8 } as const;

/** `FSCONFIG_*`, the commands of fsconfig(2). `CMD_CREATE_EXCL` (Linux 6.6) refuses to reuse a superblock. */
export const FSCONFIG = {
  SET_FLAG: 0,
  SET_STRING: 1,
  SET_BINARY: 2,
  SET_PATH: 3,
  SET_PATH_EMPTY: 4,
  SET_FD: 5,
  CMD_CREATE: 6,
  CMD_RECONFIGURE: 7,
  CMD_CREATE_EXCL: 8,
} as const;

/** `OPEN_TREE_*`, the flags of open_tree(2), besides `AT_*`. */
export const OPEN_TREE = { CLONE: 0x1, CLOEXEC: 0x80000 } as const;

/** `MOVE_MOUNT_*`, the flags of move_mount(2): `F_` for the source, `T_` for the target. */
export const MOVE_MOUNT = {
  F_SYMLINKS: 0x1,
  F_AUTOMOUNTS: 0x2,
  F_EMPTY_PATH: 0x4,
  T_SYMLINKS: 0x10,
  T_AUTOMOUNTS: 0x20,
  T_EMPTY_PATH: 0x40,
  SET_GROUP: 0x100,
  BENEATH: 0x200,
} as const;
