import { type Test, test } from "tap";
import {
  BPF_CGROUP_DEVICE,
  BPF_CMD,
  BPF_DEVCG,
  BPF_DEVCG_DEV,
  BPF_F,
  BPF_PROG_TYPE_CGROUP_DEVICE,
} from "../../lib/linux/bpf.ts";
import { CAPABILITIES, LINUX_CAPABILITY_VERSION_3 } from "../../lib/linux/capabilities.ts";
import { E } from "../../lib/linux/errno.ts";
import {
  ACCESS,
  AT,
  CLOSE_RANGE,
  F,
  F_SEAL,
  FD_CLOEXEC,
  LOCK,
  MFD,
  O,
  OPEN_HOW_SIZE_VER0,
  RENAME,
  RESOLVE,
  SEEK,
} from "../../lib/linux/fcntl.ts";
import { IN, IN_CLOEXEC } from "../../lib/linux/inotify.ts";
import { SIOC, TC, TIOC } from "../../lib/linux/ioctl.ts";
import { KEY_SPEC, KEYCTL } from "../../lib/linux/keyctl.ts";
import { EPOLL_EVENT_SIZE, OPEN_FLAGS } from "../../lib/linux/machine.ts";
import { MAGIC } from "../../lib/linux/magic.ts";
import { MPOL, MPOL_F } from "../../lib/linux/mempolicy.ts";
import { MAP, PROT } from "../../lib/linux/mman.ts";
import {
  FSCONFIG,
  FSMOUNT,
  FSOPEN,
  FSPICK,
  MNT,
  MOUNT_ATTR,
  MOUNT_ATTR_SIZE_VER0,
  MOVE_MOUNT,
  MS,
  OPEN_TREE,
  UMOUNT,
} from "../../lib/linux/mount.ts";
import {
  IFA,
  IFA_F,
  IFF,
  IFLA,
  IFNAMSIZ,
  NETLINK,
  NETLINK_ROUTE,
  NLM_F,
  NLMSG,
  NLMSGERR_ATTR,
  RT_SCOPE,
  RTM,
} from "../../lib/linux/netlink.ts";
import { NS } from "../../lib/linux/nsfs.ts";
import { PER, PERSONALITY } from "../../lib/linux/personality.ts";
import { PIDFD_NONBLOCK, PIDFD_SIGNAL_PROCESS_GROUP, PIDFD_THREAD } from "../../lib/linux/pidfd.ts";
import { EPOLL, EPOLL_CLOEXEC, EPOLL_CTL, POLL, SIGNALFD_SIGINFO_SIZE } from "../../lib/linux/poll.ts";
import { PR, PR_CAP_AMBIENT, PR_SCHED_CORE, SECBIT } from "../../lib/linux/prctl.ts";
import { RLIM_INFINITY, RLIMITS } from "../../lib/linux/rlimits.ts";
import {
  CLONE,
  CLONE_ARGS,
  CLONE3,
  IOPRIO_CLASS,
  IOPRIO_WHO,
  SCHED,
  SCHED_ATTR,
  SCHED_FLAG,
} from "../../lib/linux/sched.ts";
import { SECCOMP, SECCOMP_FILTER_FLAG, SECCOMP_MODE_FILTER, SECCOMP_RET } from "../../lib/linux/seccomp.ts";
import { SIG, SIGNALS } from "../../lib/linux/signals.ts";
import { AF, CMSGHDR_SIZE, MSG, SCM, SHUT, SO, SOCK, SOL, UNIX_PATH_MAX } from "../../lib/linux/socket.ts";
import { S, STATFS_SIZE, STATX, STATX_ATTR, STATX_OFFSET, STATX_SIZE } from "../../lib/linux/stat.ts";
import { STRUCTURES } from "../../lib/linux/structures.ts";
import { CC, CFLAG, IFLAG, LFLAG, OFLAG, TERMIOS_SIZE } from "../../lib/linux/termios.ts";
import { CLD, P, SIGINFO_OFFSET, SIGINFO_SIZE, W } from "../../lib/linux/wait.ts";
import { noCompiler, valuesInC } from "./c.ts";

type Constants = Readonly<Record<string, number | bigint>>;
/** Members by the prefix that the headers give them. */
type Families = Readonly<Record<string, Constants>>;

/** Younger than the oldest headers with which runt is built: looked at where they have them. */
const YOUNG = new Set([
  ...["F_SEAL_EXEC", "MFD_EXEC", "MFD_NOEXEC_SEAL", "FSCONFIG_CMD_CREATE_EXCL", "MOVE_MOUNT_BENEATH"],
  ...["PIDFD_THREAD", "PIDFD_SIGNAL_PROCESS_GROUP"],
  ...["PR_SET_MDWE", "PR_SET_MEMORY_MERGE", "SCHED_EXT", "STATX_MNT_ID_UNIQUE", "MPOL_WEIGHTED_INTERLEAVE"],
  ...["MOUNT_ATTR_SIZE_VER0", "OPEN_HOW_SIZE_VER0", "XFS_SUPER_MAGIC"],
]);

function includes(headers: string): string {
  return headers
    .trim()
    .split(/\s+/)
    .map((header) => `#include <${header}>`)
    .join("\n");
}

function check(t: Test, prelude: string, families: Families): void {
  const constants = Object.entries(families).flatMap(([prefix, members]) =>
    Object.entries(members).map(([name, value]) => [prefix + name, value] as const),
  );
  const values = valuesInC(
    prelude,
    constants.map(([name]) => (YOUNG.has(name) ? `?${name}` : name)),
  );
  for (const [name, ours] of constants) {
    const theirs = values.get(name);
    if (theirs === undefined) t.ok(YOUNG.has(name), `${name} is in the headers`);
    // Some headers make of 32 bits a signed number.
    else
      t.equal(BigInt(ours), ours >= 0 && theirs < 0n ? BigInt.asUintN(ours < 2 ** 32 ? 32 : 64, theirs) : theirs, name);
  }
}

/** Sizes and places of structures, by the expression that asks for them. */
function checkLayouts(t: Test, prelude: string, layouts: Readonly<Record<string, number>>): void {
  const values = valuesInC(prelude, Object.keys(layouts));
  for (const [expression, ours] of Object.entries(layouts)) t.equal(Number(values.get(expression)), ours, expression);
}

/** Where the fields of a structure stand, and how long it is. */
function layout(tag: string, fields: readonly (readonly [string, number, ...unknown[]])[]): Record<string, number> {
  const places: Record<string, number> = {};
  let offset = 0;
  for (const [name, width] of fields) {
    places[`offsetof(struct ${tag}, ${name})`] = offset;
    offset += width;
  }
  return { ...places, [`sizeof(struct ${tag})`]: offset };
}

const KERNEL = includes(`
  asm/ioctl.h asm/ioctls.h asm/termbits.h linux/bpf.h linux/capability.h linux/close_range.h linux/fcntl.h linux/fs.h
  linux/ioprio.h linux/keyctl.h linux/magic.h linux/memfd.h linux/mempolicy.h linux/mount.h linux/nsfs.h linux/openat2.h
  linux/personality.h linux/pidfd.h linux/prctl.h linux/resource.h linux/sched.h linux/sched/types.h linux/seccomp.h
  linux/securebits.h linux/sockios.h linux/stat.h stddef.h
`);
const LIBRARY = includes(`
  errno.h poll.h sched.h signal.h stddef.h sys/epoll.h sys/inotify.h sys/ioctl.h sys/mman.h sys/mount.h sys/resource.h
  sys/signalfd.h sys/socket.h sys/uio.h sys/un.h sys/vfs.h sys/wait.h time.h unistd.h
`);
const NETWORK = includes("sys/socket.h linux/netlink.h linux/rtnetlink.h linux/if_addr.h linux/if_link.h linux/if.h");

test("constants are the kernel's", { skip: noCompiler }, (t) => {
  check(t, KERNEL, {
    "": { ...CAPABILITIES, ...MAGIC, ...PERSONALITY, ...IFLAG, ...OFLAG, ...CFLAG, ...LFLAG, ...CC, FD_CLOEXEC },
    _: { LINUX_CAPABILITY_VERSION_3 },
    AT_: AT,
    BPF_: { ...BPF_CMD, PROG_TYPE_CGROUP_DEVICE: BPF_PROG_TYPE_CGROUP_DEVICE, CGROUP_DEVICE: BPF_CGROUP_DEVICE },
    BPF_DEVCG_: BPF_DEVCG,
    BPF_DEVCG_DEV_: BPF_DEVCG_DEV,
    BPF_F_: BPF_F,
    CLONE_: { ...CLONE, ...CLONE3 },
    CLOSE_RANGE_: CLOSE_RANGE,
    F_: F,
    F_SEAL_: F_SEAL,
    FSCONFIG_: FSCONFIG,
    FSMOUNT_: FSMOUNT,
    FSOPEN_: FSOPEN,
    FSPICK_: FSPICK,
    IOPRIO_CLASS_: IOPRIO_CLASS,
    IOPRIO_WHO_: IOPRIO_WHO,
    KEYCTL_: KEYCTL,
    KEY_SPEC_: KEY_SPEC,
    LOCK_: LOCK,
    MFD_: MFD,
    MOUNT_ATTR_: MOUNT_ATTR,
    MOVE_MOUNT_: MOVE_MOUNT,
    MPOL_: MPOL,
    MPOL_F_: MPOL_F,
    MS_: MS,
    NS_: NS,
    O_: { ...O, ...OPEN_FLAGS },
    OPEN_TREE_: OPEN_TREE,
    PER_: PER,
    PIDFD_: { NONBLOCK: PIDFD_NONBLOCK, THREAD: PIDFD_THREAD, SIGNAL_PROCESS_GROUP: PIDFD_SIGNAL_PROCESS_GROUP },
    PR_: PR,
    PR_CAP_AMBIENT_: PR_CAP_AMBIENT,
    PR_SCHED_CORE_: PR_SCHED_CORE,
    RENAME_: RENAME,
    RESOLVE_: RESOLVE,
    S_: S,
    SCHED_FLAG_: SCHED_FLAG,
    SECBIT_: SECBIT,
    SECCOMP_: { ...SECCOMP, MODE_FILTER: SECCOMP_MODE_FILTER },
    SECCOMP_FILTER_FLAG_: SECCOMP_FILTER_FLAG,
    SECCOMP_RET_: SECCOMP_RET,
    SEEK_: SEEK,
    SIOC,
    STATX_: STATX,
    STATX_ATTR_: STATX_ATTR,
    TC,
  });
  t.end();
});

test("constants are the C library's", { skip: noCompiler }, (t) => {
  check(t, LIBRARY, {
    "": { ...E, ...SIGNALS, ...RLIMITS, ...ACCESS, RLIM_INFINITY, EPOLL_CLOEXEC, IN_CLOEXEC },
    AF_: AF,
    CLD_: CLD,
    EPOLL,
    EPOLL_CTL_: EPOLL_CTL,
    IN_: IN,
    MAP_: MAP,
    MNT_: MNT,
    MSG_: MSG,
    P_: P,
    POLL,
    PROT_: PROT,
    SCHED_: SCHED,
    SCM_: SCM,
    SHUT_: SHUT,
    SIG_: SIG,
    SOCK_: SOCK,
    SOL_: SOL,
    SO_: SO,
    TIOC,
    UMOUNT_: UMOUNT,
    W,
  });
  t.end();
});

test("constants are netlink's", { skip: noCompiler }, (t) => {
  check(t, NETWORK, {
    "": { NETLINK_ROUTE, IFNAMSIZ },
    IFA_: IFA,
    IFA_F_: IFA_F,
    IFF_: IFF,
    IFLA_: IFLA,
    NLMSG_: NLMSG,
    NLMSGERR_ATTR_: NLMSGERR_ATTR,
    NETLINK_: NETLINK,
    NLM_F_: NLM_F,
    RTM_: RTM,
    RT_SCOPE_: RT_SCOPE,
  });
  t.end();
});

test("structures are laid out as the kernel has them", { skip: noCompiler }, (t) => {
  const statx = Object.entries(STATX_OFFSET).map(([name, offset]) => [`offsetof(struct statx, stx_${name})`, offset]);
  checkLayouts(t, KERNEL, {
    ...Object.fromEntries(statx),
    "sizeof(struct statx)": STATX_SIZE,
    "sizeof(struct termios)": TERMIOS_SIZE,
    ...layout("open_how", STRUCTURES.open_how),
    ...layout("mount_attr", STRUCTURES.mount_attr),
    ...layout("clone_args", STRUCTURES.clone_args),
    ...layout("sched_attr", STRUCTURES.sched_attr),
    ...layout("rlimit64", STRUCTURES.rlimit64),
    ...layout("__user_cap_header_struct", STRUCTURES.cap_user_header),
    ...layout("__user_cap_data_struct", STRUCTURES.cap_user_data.slice(0, 3)),
  });
  t.equal(MOUNT_ATTR_SIZE_VER0, 32);
  t.equal(OPEN_HOW_SIZE_VER0, 24);
  t.strictSame(
    CLONE_ARGS,
    STRUCTURES.clone_args.map(([name]) => name),
  );
  t.strictSame(
    SCHED_ATTR,
    STRUCTURES.sched_attr.map(([name, width]) => [name, width]),
  );
  t.end();
});

test("structures are laid out as the C library has them", { skip: noCompiler }, (t) => {
  const siginfo = Object.entries(SIGINFO_OFFSET).map(([name, offset]) => [`offsetof(siginfo_t, si_${name})`, offset]);
  checkLayouts(t, LIBRARY, {
    ...Object.fromEntries(siginfo),
    "sizeof(siginfo_t)": SIGINFO_SIZE,
    "sizeof(struct signalfd_siginfo)": SIGNALFD_SIGINFO_SIZE,
    "sizeof(struct epoll_event)": EPOLL_EVENT_SIZE,
    "sizeof(struct statfs)": STATFS_SIZE,
    "sizeof(struct cmsghdr)": CMSGHDR_SIZE,
    "sizeof(((struct sockaddr_un *)0)->sun_path)": UNIX_PATH_MAX,
    ...layout("iovec", STRUCTURES.iovec),
    ...layout("msghdr", STRUCTURES.msghdr),
    ...layout("pollfd", STRUCTURES.pollfd),
    ...layout("timespec", STRUCTURES.timespec),
    ...layout("winsize", STRUCTURES.winsize),
  });
  t.end();
});
