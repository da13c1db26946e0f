/**
 * What differs between machines in otherwise common headers: aarch64, in machine.ts's place when runt is built for
 * it.
 */
import type { Machine } from "./machine.ts";

export const MACHINE: Machine = "aarch64";

export const OPEN_FLAGS = {
  DIRECT: 0x10000,
  LARGEFILE: 0x20000,
  DIRECTORY: 0x4000,
  NOFOLLOW: 0x8000,
  TMPFILE: 0x404000,
} as const;

export const EPOLL_EVENT_SIZE = 16;
