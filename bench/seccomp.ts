/**
 * A seccomp profile as large as those that engines write: 420 rules for all architectures of the machine. What a container's
 * program commonly needs is allowed, what only an administrator needs is EPERM, all else does not exist.
 */

const FILES = `access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
  fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat fchown fchown32 fchownat fcntl fcntl64 fdatasync flock fstat
  fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 ioctl lchown
  lchown32 link linkat _llseek lseek lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at newfstatat open openat
  openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readdir readlink readlinkat readv rename
  renameat renameat2 rmdir sendfile sendfile64 splice stat stat64 statfs statfs64 statx symlink symlinkat sync
  sync_file_range syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat utimensat_time64 utimes write
  writev`;

const ATTRIBUTES = `fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr
  lsetxattr removexattr setxattr`;

const MOUNTS = `chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree pivot_root umount umount2
  unshare`;

const EVENTS = `epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
  eventfd eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy
  io_getevents io_setup io_submit _newselect poll ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4`;

const MEMORY = `brk get_mempolicy madvise mbind membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap
  mmap2 mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages
  set_mempolicy set_mempolicy_home_node`;

const PROCESSES = `alarm capget capset clone clone3 execve execveat exit exit_group fork get_robust_list get_thread_area
  getcpu getitimer getpgid getpgrp getpid getppid getpriority getrlimit getrusage getsid gettid ioprio_get ioprio_set
  kill pause pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 prctl prlimit64 process_mrelease process_vm_readv
  process_vm_writev ptrace reboot restart_syscall rseq sched_get_priority_max sched_get_priority_min sched_getaffinity
  sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
  sched_setattr sched_setparam sched_setscheduler sched_yield seccomp set_robust_list set_thread_area set_tid_address
  setitimer setns setpgid setpriority setrlimit setsid sysinfo syslog tgkill tkill ugetrlimit uname vfork wait4 waitid
  waitpid`;

const SIGNALS = `rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
  rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaction sigaltstack signal sigpending sigprocmask sigreturn sigsuspend`;

const IDENTITIES = `getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32
  getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32
  setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32`;

const SOCKETS = `accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg
  recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socket socketcall socketpair`;

const IPC = `ipc keyctl mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
  mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat
  shmctl shmdt shmget`;

const TIME = `adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
  clock_nanosleep clock_nanosleep_time64 futex futex_time64 futex_waitv gettimeofday nanosleep time timer_create
  timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd timerfd_create
  timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times`;

const OTHERS = "arch_prctl getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self modify_ldt";

const ADMINISTRATION = `acct bpf clock_settime clock_settime64 delete_module fanotify_init finit_module init_module
  ioperm iopl kcmp kexec_file_load kexec_load lookup_dcookie migrate_pages move_pages open_by_handle_at perf_event_open
  process_madvise query_module quotactl setdomainname sethostname settimeofday stime swapoff swapon sysfs uselib
  userfaultfd ustat vhangup vm86 vm86old vmsplice`;

/** The execution domains personality(2) may ask for: Linux, with and without 32-bit uname and address limits; 2³²−1 asks. */
const PERSONALITIES = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];

/** Node's name of the machine → libseccomp's names of all that it executes. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  x64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  arm64: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
};

const EPERM = 1;
const ENOSYS = 38;

/** `linux.seccomp` of config.json. */
export function seccompProfile(): unknown {
  const families = [
    FILES,
    ATTRIBUTES,
    MOUNTS,
    EVENTS,
    MEMORY,
    PROCESSES,
    SIGNALS,
    IDENTITIES,
    SOCKETS,
    IPC,
    TIME,
    OTHERS,
  ];
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: ENOSYS,
    architectures: ARCHITECTURES[process.arch],
    syscalls: [
      { names: ADMINISTRATION.split(/\s+/), action: "SCMP_ACT_ERRNO", errnoRet: EPERM },
      { names: families.flatMap((names) => names.split(/\s+/)), action: "SCMP_ACT_ALLOW" },
      ...PERSONALITIES.map((value) => ({
        names: ["personality"],
        action: "SCMP_ACT_ALLOW",
        args: [{ index: 0, value, op: "SCMP_CMP_EQ" }],
      })),
    ],
  };
}
