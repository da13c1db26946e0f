/** Memory: mmap(2). */

/** `PROT_*`, what a mapping may be used for. */
export const PROT = { NONE: 0x0, READ: 0x1, WRITE: 0x2, EXEC: 0x4 } as const;

/** `MAP_*`, the flags of mmap(2). */
export const MAP = {
  SHARED: 0x1,
  PRIVATE: 0x2,
  SHARED_VALIDATE: 0x3,
  FIXED: 0x10,
  ANONYMOUS: 0x20,
  LOCKED: 0x2000,
  POPULATE: 0x8000,
  FIXED_NOREPLACE: 0x100000,
} as const;
