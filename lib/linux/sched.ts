/** New processes and how they are scheduled: clone3(2), unshare(2), sched_setattr(2), ioprio_set(2). */

/** `CLONE_*` of 32 bits, <linux/sched.h>. `NEWTIME` is for unshare(2), setns(2) and clone3(2), never clone(2). */
export const CLONE = {
  NEWTIME: 0x80,
  VM: 0x100,
  FS: 0x200,
  FILES: 0x400,
  SIGHAND: 0x800,
  PIDFD: 0x1000,
  PTRACE: 0x2000,
  VFORK: 0x4000,
  PARENT: 0x8000,
  THREAD: 0x10000,
  NEWNS: 0x20000,
  SYSVSEM: 0x40000,
  SETTLS: 0x80000,
  PARENT_SETTID: 0x100000,
  CHILD_CLEARTID: 0x200000,
  DETACHED: 0x400000,
  UNTRACED: 0x800000,
  CHILD_SETTID: 0x1000000,
  NEWCGROUP: 0x2000000,
  NEWUTS: 0x4000000,
  NEWIPC: 0x8000000,
  NEWUSER: 0x10000000,
  NEWPID: 0x20000000,
  NEWNET: 0x40000000,
  IO: 0x80000000,
} as const;

/** `CLONE_*` that only clone3(2) takes. They lie beyond 32 bits, where `|` would lose them: add them. */
export const CLONE3 = { CLEAR_SIGHAND: 0x100000000, INTO_CGROUP: 0x200000000 } as const;

/** The words of struct clone_args, clone3(2), in their order, 8 bytes each: 88 bytes. */
export const CLONE_ARGS = [
  "flags",
  "pidfd",
  "child_tid",
  "parent_tid",
  "exit_signal",
  "stack",
  "stack_size",
  "tls",
  "set_tid",
  "set_tid_size",
  "cgroup",
] as const;

/** `SCHED_*`, the policies of sched(7). Number 4, `SCHED_ISO`, is reserved: no kernel has it. */
export const SCHED = { OTHER: 0, FIFO: 1, RR: 2, BATCH: 3, IDLE: 5, DEADLINE: 6, EXT: 7 } as const;

/** `SCHED_FLAG_*` of sched_setattr(2). */
export const SCHED_FLAG = {
  RESET_ON_FORK: 0x1,
  RECLAIM: 0x2,
  DL_OVERRUN: 0x4,
  KEEP_POLICY: 0x8,
  KEEP_PARAMS: 0x10,
  UTIL_CLAMP_MIN: 0x20,
  UTIL_CLAMP_MAX: 0x40,
} as const;

/** Struct sched_attr, sched_setattr(2): name and width of each field. */
export const SCHED_ATTR = [
  ["size", 4],
  ["sched_policy", 4],
  ["sched_flags", 8],
  ["sched_nice", 4],
  ["sched_priority", 4],
  ["sched_runtime", 8],
  ["sched_deadline", 8],
  ["sched_period", 8],
  ["sched_util_min", 4],
  ["sched_util_max", 4],
] as const;

/** `IOPRIO_CLASS_*` of ioprio_set(2); a priority is `class << 13 | level`. */
export const IOPRIO_CLASS = { NONE: 0, RT: 1, BE: 2, IDLE: 3 } as const;

/** `IOPRIO_WHO_*` of ioprio_set(2). */
export const IOPRIO_WHO = { PROCESS: 1, PGRP: 2, USER: 3 } as const;
