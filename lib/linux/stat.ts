/** What a file is: statx(2), statfs(2), inode(7). */

/** `S_*`: the type and the permission bits of a mode, inode(7). */
export const S = {
  IFMT: 0o170000,
  IFSOCK: 0o140000,
  IFLNK: 0o120000,
  IFREG: 0o100000,
  IFBLK: 0o60000,
  IFDIR: 0o40000,
  IFCHR: 0o20000,
  IFIFO: 0o10000,
  ISUID: 0o4000,
  ISGID: 0o2000,
  ISVTX: 0o1000,
} as const;

/** `DT_*`, the types of directory entries, getdents64(2): those that runt tells apart. */
export const DT = { DIR: 4 } as const;

/** `STATX_*`, what statx(2) is asked for. `MNT_ID_UNIQUE` came with Linux 6.8. */
export const STATX = {
  TYPE: 0x1,
  MODE: 0x2,
  NLINK: 0x4,
  UID: 0x8,
  GID: 0x10,
  ATIME: 0x20,
  MTIME: 0x40,
  CTIME: 0x80,
  INO: 0x100,
  SIZE: 0x200,
  BLOCKS: 0x400,
  BASIC_STATS: 0x7ff,
  BTIME: 0x800,
  MNT_ID: 0x1000,
  DIOALIGN: 0x2000,
  MNT_ID_UNIQUE: 0x4000,
} as const;

/** `STATX_ATTR_*`: bits of stx_attributes. */
export const STATX_ATTR = {
  IMMUTABLE: 0x10,
  APPEND: 0x20,
  AUTOMOUNT: 0x1000,
  MOUNT_ROOT: 0x2000,
  VERITY: 0x100000,
  DAX: 0x200000,
} as const;

/** Bytes of struct statx. */
export const STATX_SIZE = 256;

/**
 * Where the fields of struct statx stand. All are uint32 but `mode` (uint16), and `attributes`, `ino`, `size`,
 * `mnt_id` (uint64).
 */
export const STATX_OFFSET = {
  mask: 0,
  attributes: 8,
  nlink: 16,
  uid: 20,
  gid: 24,
  mode: 28,
  ino: 32,
  size: 40,
  rdev_major: 128,
  rdev_minor: 132,
  dev_major: 136,
  dev_minor: 140,
  mnt_id: 144,
} as const;

/** Bytes of struct statfs; its first word is f_type, one of `MAGIC`. */
export const STATFS_SIZE = 120;

/** Offset of its f_flags, and the bit of a mount that is read-only. */
export const STATFS_FLAGS = 80;
export const ST_RDONLY = 1;
