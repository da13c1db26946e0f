/** What the arguments of system calls mean, from their man pages: enough to print a call as strace does. */
import type { FlagsFamily, NamesFamily } from "./flags.ts";
import type { Structure } from "./structures.ts";
import type { SyscallName } from "./syscalls.ts";

export type Kind =
  | FlagsFamily
  | NamesFamily
  | Structure
  | "argv"
  | "bytes"
  | "device"
  | "dirfd"
  | "envp"
  | "fd"
  | "fileMode"
  | "hex"
  | "id"
  | "ids"
  | "integer"
  | "ioprio"
  | "mode"
  | "pointer"
  | "signal"
  | "sigset"
  | "text";

/** The kinds of a call's arguments, in order; what has none is printed by its looks. */
// biome-ignore format: a table
export const CALLS: { readonly [N in SyscallName]?: readonly Kind[] } = {
  // Descriptors
  close: ["fd"],
  close_range: ["integer", "integer", "closeRange"],
  dup: ["fd"],
  dup2: ["fd", "fd"],
  dup3: ["fd", "fd", "open"],
  fcntl: ["fd", "fcntl"],
  flock: ["fd", "lock"],
  fstat: ["fd", "pointer"],
  fstatfs: ["fd", "pointer"],
  fsync: ["fd"],
  ftruncate: ["fd", "integer"],
  ioctl: ["fd", "ioctl"],
  lseek: ["fd", "integer", "seek"],
  memfd_create: ["text", "memfd"],
  pipe2: ["pointer", "open"],
  ppoll: ["pollfd", "integer", "timespec", "sigset", "integer"],
  pread64: ["fd", "pointer", "integer", "integer"],
  read: ["fd", "pointer", "integer"],
  sendfile: ["fd", "fd", "pointer", "integer"],
  write: ["fd", "bytes", "integer"],

  // Files
  chdir: ["text"],
  chroot: ["text"],
  faccessat2: ["dirfd", "text", "access", "at"],
  fchdir: ["fd"],
  fchmod: ["fd", "mode"],
  fchmodat: ["dirfd", "text", "mode"],
  fchmodat2: ["dirfd", "text", "mode", "at"],
  fchown: ["fd", "id", "id"],
  fchownat: ["dirfd", "text", "id", "id", "at"],
  getcwd: ["pointer", "integer"],
  linkat: ["dirfd", "text", "dirfd", "text", "at"],
  mkdirat: ["dirfd", "text", "mode"],
  mknodat: ["dirfd", "text", "fileMode", "device"],
  openat: ["dirfd", "text", "open", "mode"],
  openat2: ["dirfd", "text", "open_how", "integer"],
  readlinkat: ["dirfd", "text", "pointer", "integer"],
  renameat: ["dirfd", "text", "dirfd", "text"],
  renameat2: ["dirfd", "text", "dirfd", "text", "hex"],
  statfs: ["text", "pointer"],
  statx: ["dirfd", "text", "at", "statx", "pointer"],
  symlinkat: ["text", "dirfd", "text"],
  umask: ["mode"],
  unlinkat: ["dirfd", "text", "unlink"],

  // Mounts
  fsconfig: ["fd", "fsconfig", "text", "text", "integer"],
  fsmount: ["fd", "fsmount", "mountAttr"],
  fsopen: ["text", "fsopen"],
  fspick: ["dirfd", "text", "fspick"],
  mount: ["text", "text", "text", "mount", "text"],
  mount_setattr: ["dirfd", "text", "at", "mount_attr", "integer"],
  move_mount: ["dirfd", "text", "dirfd", "text", "moveMount"],
  open_tree: ["dirfd", "text", "openTree"],
  open_tree_attr: ["dirfd", "text", "openTree", "mount_attr", "integer"],
  pivot_root: ["text", "text"],
  umount2: ["text", "umount"],

  // Processes
  clone3: ["clone_args", "integer"],
  execve: ["text", "argv", "envp"],
  execveat: ["dirfd", "text", "argv", "envp", "at"],
  exit: ["integer"],
  exit_group: ["integer"],
  kill: ["integer", "signal"],
  pidfd_open: ["integer", "hex"],
  pidfd_send_signal: ["fd", "signal", "pointer", "hex"],
  rt_sigaction: ["signal", "pointer", "pointer", "integer"],
  rt_sigprocmask: ["sigprocmask", "sigset", "sigset", "integer"],
  setns: ["fd", "clone"],
  setpgid: ["integer", "integer"],
  tgkill: ["integer", "integer", "signal"],
  unshare: ["clone"],
  wait4: ["integer", "pointer", "wait", "pointer"],
  waitid: ["waitId", "integer", "pointer", "wait", "pointer"],

  // What a process is and may
  bpf: ["bpf", "pointer", "integer"],
  capset: ["cap_user_header", "cap_user_data"],
  ioprio_set: ["ioprioWho", "integer", "ioprio"],
  keyctl: ["keyctl"],
  personality: ["personality"],
  prctl: ["prctl"],
  prlimit64: ["integer", "rlimit", "rlimit64", "pointer"],
  sched_setaffinity: ["integer", "integer", "bytes"],
  sched_setattr: ["integer", "sched_attr", "hex"],
  seccomp: ["seccomp", "seccompFlags", "sock_fprog"],
  set_mempolicy: ["memoryPolicy", "bytes", "integer"],
  setdomainname: ["text", "integer"],
  setgid: ["id"],
  setgroups: ["integer", "ids"],
  sethostname: ["text", "integer"],
  setresgid: ["id", "id", "id"],
  setresuid: ["id", "id", "id"],
  setuid: ["id"],

  // Memory and sockets
  bind: ["fd", "bytes", "integer"],
  connect: ["fd", "bytes", "integer"],
  mmap: ["pointer", "integer", "prot", "map", "fd", "integer"],
  munmap: ["pointer", "integer"],
  recvmsg: ["fd", "msghdr", "msg"],
  sendmsg: ["fd", "msghdr", "msg"],
  sendto: ["fd", "bytes", "integer", "msg", "bytes", "integer"],
  socket: ["family", "socketType", "integer"],
};

/** The kinds of what follows a request that is an argument itself. */
// biome-ignore format: a table
export const REQUESTS: { readonly [request: string]: readonly Kind[] | undefined } = {
  F_SETFD: ["fdFlags"],
  F_SETFL: ["open"],
  F_DUPFD_CLOEXEC: ["integer"],
  F_ADD_SEALS: ["seals"],
  KEYCTL_JOIN_SESSION_KEYRING: ["text"],
  KEYCTL_SETPERM: ["keyring", "hex"],
  PR_SET_PDEATHSIG: ["signal"],
  PR_SET_DUMPABLE: ["integer"],
  PR_SET_KEEPCAPS: ["integer"],
  PR_SET_NAME: ["text"],
  PR_CAPBSET_READ: ["capability"],
  PR_CAPBSET_DROP: ["capability"],
  PR_SET_SECUREBITS: ["securebits"],
  PR_SET_CHILD_SUBREAPER: ["integer"],
  PR_SET_NO_NEW_PRIVS: ["integer"],
  PR_CAP_AMBIENT: ["ambient"],
  PR_CAP_AMBIENT_CLEAR_ALL: [],
  PR_CAP_AMBIENT_IS_SET: ["capability"],
  PR_CAP_AMBIENT_LOWER: ["capability"],
  PR_CAP_AMBIENT_RAISE: ["capability"],
  PR_SCHED_CORE: ["schedCore", "integer", "integer"],
  TIOCSCTTY: ["integer"],
  TIOCGPTPEER: ["open"],
  TIOCSWINSZ: ["winsize"],
};
