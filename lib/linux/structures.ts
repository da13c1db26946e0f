/** Structures that system calls take by address, field by field as their man pages have them. */
import type { FlagsFamily, NamesFamily } from "./flags.ts";

/** What is 0 is printed only where that says something. */
export type Field = readonly [name: string, width: 2 | 4 | 8, kind: FieldKind, zero?: "zero"];

type FieldKind =
  | FlagsFamily
  | NamesFamily
  | "bytes"
  | "capabilities"
  | "fd"
  | "hex"
  | "highCapabilities"
  | "integer"
  | "iovec"
  | "limit"
  | "mode"
  | "nice"
  | "pointer"
  | "signal";

// biome-ignore format: a table
export const STRUCTURES = {
  open_how: [["flags", 8, "open"], ["mode", 8, "mode"], ["resolve", 8, "resolve"]],
  mount_attr: [
    ["attr_set", 8, "mountAttr"], ["attr_clr", 8, "mountAttr"], ["propagation", 8, "mount"], ["userns_fd", 8, "fd"],
  ],
  clone_args: [
    ["flags", 8, "clone"], ["pidfd", 8, "pointer"], ["child_tid", 8, "pointer"], ["parent_tid", 8, "pointer"],
    ["exit_signal", 8, "signal"], ["stack", 8, "pointer"], ["stack_size", 8, "integer"], ["tls", 8, "pointer"],
    ["set_tid", 8, "pointer"], ["set_tid_size", 8, "integer"], ["cgroup", 8, "fd"],
  ],
  rlimit64: [["rlim_cur", 8, "limit", "zero"], ["rlim_max", 8, "limit", "zero"]],
  cap_user_header: [["version", 4, "hex"], ["pid", 4, "integer"]],
  // The kernel wants the low halves of the three sets, then the high ones: printed like that, with names.
  cap_user_data: [
    ["effective", 4, "capabilities", "zero"], ["permitted", 4, "capabilities", "zero"],
    ["inheritable", 4, "capabilities", "zero"], ["effective", 4, "highCapabilities"],
    ["permitted", 4, "highCapabilities"], ["inheritable", 4, "highCapabilities"],
  ],
  sched_attr: [
    ["size", 4, "integer"], ["sched_policy", 4, "sched", "zero"], ["sched_flags", 8, "schedFlags"],
    ["sched_nice", 4, "nice"], ["sched_priority", 4, "integer"], ["sched_runtime", 8, "integer"],
    ["sched_deadline", 8, "integer"], ["sched_period", 8, "integer"], ["sched_util_min", 4, "integer"],
    ["sched_util_max", 4, "integer"],
  ],
  iovec: [["iov_base", 8, "bytes"], ["iov_len", 8, "integer"]],
  msghdr: [
    ["msg_name", 8, "bytes"], ["msg_namelen", 8, "integer"], ["msg_iov", 8, "iovec"], ["msg_iovlen", 8, "integer"],
    ["msg_control", 8, "bytes"], ["msg_controllen", 8, "integer"], ["msg_flags", 8, "integer"],
  ],
  pollfd: [["fd", 4, "fd", "zero"], ["events", 2, "poll"], ["revents", 2, "poll"]],
  sock_fprog: [["len", 8, "integer", "zero"], ["filter", 8, "pointer"]],
  timespec: [["tv_sec", 8, "integer", "zero"], ["tv_nsec", 8, "integer", "zero"]],
  winsize: [
    ["ws_row", 2, "integer", "zero"], ["ws_col", 2, "integer", "zero"], ["ws_xpixel", 2, "integer"],
    ["ws_ypixel", 2, "integer"],
  ],
} as const satisfies Record<string, readonly Field[]>;

export type Structure = keyof typeof STRUCTURES;
