/** Processes by descriptor: pidfd_open(2), pidfd_send_signal(2). */

/** PIDFD_NONBLOCK of pidfd_open(2), O_NONBLOCK. */
export const PIDFD_NONBLOCK = 0x800;

/** PIDFD_THREAD of pidfd_open(2), Linux 6.9: O_EXCL. */
export const PIDFD_THREAD = 0x80;

/** PIDFD_SIGNAL_PROCESS_GROUP of pidfd_send_signal(2), Linux 6.9. */
export const PIDFD_SIGNAL_PROCESS_GROUP = 0x4;
