/**
 * What differs between machines in otherwise common headers: here x86-64. The aarch64 build takes machine-aarch64.ts
 * instead.
 */

/** The machines runt is built for, by the names of their ELF supplements. */
export type Machine = "x86-64" | "aarch64";

/** The machine this build of runt runs on. */
export const MACHINE: Machine = "x86-64";

/** The flags of open(2) that have a number of their own on each machine, <asm/fcntl.h>. */
export const OPEN_FLAGS = {
  DIRECT: 0x4000,
  LARGEFILE: 0x8000,
  DIRECTORY: 0x10000,
  NOFOLLOW: 0x20000,
  TMPFILE: 0x410000,
} as const;

/** Bytes of struct epoll_event, which is packed on x86-64 alone. */
export const EPOLL_EVENT_SIZE = 12;
