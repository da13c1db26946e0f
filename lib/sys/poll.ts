/** Waiting for several descriptors at once, and for time to pass: ppoll(2), timerfd_create(2). */
import { E } from "../linux/errno.ts";
import { EPOLL_CLOEXEC, POLL } from "../linux/poll.ts";
import { call, must, syscall, tolerating } from "./ffi.ts";
import type { Fd } from "./file.ts";

/** Milliseconds in which what is short-lived ends. */
const MOMENT = 200;

/**
 * ppoll(2) for events (POLL) of each descriptor, without limit or for so long: which of them have something to say. None when the
 * time is over, or a signal came. Without limit, when nothing has happened for a moment it may be days until something does: this
 * process then waits in less memory. Throws SyscallError.
 */
export function poll(interests: readonly (readonly [Fd, number])[], milliseconds?: number): (fd: Fd) => boolean {
  // struct pollfd: fd 4, events 2, revents 2.
  const fds = new Int32Array(interests.length * 2);
  for (let i = 0; i < interests.length; ++i) {
    const interest = interests[i] as readonly [Fd, number];
    fds[2 * i] = interest[0];
    fds[2 * i + 1] = interest[1];
  }
  const limit = new BigInt64Array(timespec(milliseconds ?? MOMENT));
  const count = tolerating([E.EINTR], "ppoll", fds, interests.length, limit, null, 8);
  if (count === 0 && milliseconds === undefined) call("image_wait", fds, interests.length);
  return (fd) => {
    for (let i = 0; i < fds.length; i += 2) if (fds[i] === fd && (fds[i + 1] as number) >>> 16 !== 0) return true;
    return false;
  };
}

/** The same of one descriptor for reading (of a pidfd: its process's end): false after `milliseconds`. Throws SyscallError. */
export function waitReadable(fd: Fd, milliseconds: number): boolean {
  return poll([[fd, POLL.IN]], milliseconds)(fd);
}

const CLOCK_MONOTONIC = 1;

/** A descriptor that becomes readable every so many milliseconds, the first time after as many. Throws SyscallError. */
export function timer(milliseconds: number): Fd {
  const fd = must("timerfd_create", CLOCK_MONOTONIC, EPOLL_CLOEXEC);
  // struct itimerspec: interval, then first expiry.
  const each = timespec(milliseconds);
  must("timerfd_settime", fd, 0, new BigInt64Array([...each, ...each]), null);
  return fd;
}

/** struct timespec: seconds and nanoseconds. */
function timespec(milliseconds: number): [bigint, bigint] {
  return [BigInt(Math.floor(milliseconds / 1000)), BigInt(Math.round((milliseconds % 1000) * 1e6))];
}

/** Takes the expiries of a timer that is readable, so that it is not any more. */
export function rearm(timer: Fd): void {
  syscall("read", timer, new BigUint64Array(1), 8);
}
