/** Waiting for descriptors: poll(2), epoll(7), signalfd(2), eventfd(2), timerfd_create(2). */

/** `POLL*`, the events of struct pollfd: fd (4), events (2), revents (2). */
export const POLL = { IN: 0x1, PRI: 0x2, OUT: 0x4, ERR: 0x8, HUP: 0x10, NVAL: 0x20, RDHUP: 0x2000 } as const;

/**
 * `EPOLL*` of epoll_ctl(2) and epoll_create1(2). Struct epoll_event is packed to 12 bytes on x86-64, and 16 bytes on
 * aarch64.
 */
export const EPOLL = {
  IN: 0x1,
  PRI: 0x2,
  OUT: 0x4,
  ERR: 0x8,
  HUP: 0x10,
  RDHUP: 0x2000,
  ONESHOT: 0x40000000,
  ET: 0x80000000,
} as const;

/** `EPOLL_CTL_*`, the operations of epoll_ctl(2). */
export const EPOLL_CTL = { ADD: 1, DEL: 2, MOD: 3 } as const;

/**
 * EPOLL_CLOEXEC of epoll_create1(2); SFD_, EFD_ and TFD_CLOEXEC are the same number, and the NONBLOCK ones are
 * O_NONBLOCK.
 */
export const EPOLL_CLOEXEC = 0x80000;

/** Bytes of struct signalfd_siginfo; its first uint32 is the signal's number. */
export const SIGNALFD_SIGINFO_SIZE = 128;
