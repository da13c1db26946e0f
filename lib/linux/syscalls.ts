/** System calls by name: what both machines have, up to Linux 6.18, <asm/unistd.h>. */
import type { Machine } from "./machine.ts";

/**
 * In aarch64's place: it has no such call, because it never had those that a newer one replaced, such as open and
 * fork.
 */
const NONE = 999;

/**
 * The numbers of each call: its number on x86-64 (0 is not written), then, in the last three digits, the one on
 * aarch64.
 */
// biome-ignore format: a table
const SYSCALLS = {
  _sysctl: 156_999, accept: 43_202, accept4: 288_242, access: 21_999, acct: 163_089, add_key: 248_217,
  adjtimex: 159_171, afs_syscall: 183_999, alarm: 37_999, arch_prctl: 158_999, bind: 49_200, bpf: 321_280, brk: 12_214,
  cachestat: 451_451, capget: 125_090, capset: 126_091, chdir: 80_049, chmod: 90_999, chown: 92_999, chroot: 161_051,
  clock_adjtime: 305_266, clock_getres: 229_114, clock_gettime: 228_113, clock_nanosleep: 230_115,
  clock_settime: 227_112, clone: 56_220, clone3: 435_435, close: 3_057, close_range: 436_436, connect: 42_203,
  copy_file_range: 326_285, creat: 85_999, create_module: 174_999, delete_module: 176_106, dup: 32_023, dup2: 33_999,
  dup3: 292_024, epoll_create: 213_999, epoll_create1: 291_020, epoll_ctl: 233_021, epoll_ctl_old: 214_999,
  epoll_pwait: 281_022, epoll_pwait2: 441_441, epoll_wait: 232_999, epoll_wait_old: 215_999, eventfd: 284_999,
  eventfd2: 290_019, execve: 59_221, execveat: 322_281, exit: 60_093, exit_group: 231_094, faccessat: 269_048,
  faccessat2: 439_439, fadvise64: 221_223, fallocate: 285_047, fanotify_init: 300_262, fanotify_mark: 301_263,
  fchdir: 81_050, fchmod: 91_052, fchmodat: 268_053, fchmodat2: 452_452, fchown: 93_055, fchownat: 260_054,
  fcntl: 72_025, fdatasync: 75_083, fgetxattr: 193_010, file_getattr: 468_468, file_setattr: 469_469,
  finit_module: 313_273, flistxattr: 196_013, flock: 73_032, fork: 57_999, fremovexattr: 199_016, fsconfig: 431_431,
  fsetxattr: 190_007, fsmount: 432_432, fsopen: 430_430, fspick: 433_433, fstat: 5_080, fstatfs: 138_044, fsync: 74_082,
  ftruncate: 77_046, futex: 202_098, futex_requeue: 456_456, futex_wait: 455_455, futex_waitv: 449_449,
  futex_wake: 454_454, futimesat: 261_999, get_kernel_syms: 177_999, get_mempolicy: 239_236, get_robust_list: 274_100,
  get_thread_area: 211_999, getcpu: 309_168, getcwd: 79_017, getdents: 78_999, getdents64: 217_061, getegid: 108_177,
  geteuid: 107_175, getgid: 104_176, getgroups: 115_158, getitimer: 36_102, getpeername: 52_205, getpgid: 121_155,
  getpgrp: 111_999, getpid: 39_172, getpmsg: 181_999, getppid: 110_173, getpriority: 140_141, getrandom: 318_278,
  getresgid: 120_150, getresuid: 118_148, getrlimit: 97_163, getrusage: 98_165, getsid: 124_156, getsockname: 51_204,
  getsockopt: 55_209, gettid: 186_178, gettimeofday: 96_169, getuid: 102_174, getxattr: 191_008, getxattrat: 464_464,
  init_module: 175_105, inotify_add_watch: 254_027, inotify_init: 253_999, inotify_init1: 294_026,
  inotify_rm_watch: 255_028, io_cancel: 210_003, io_destroy: 207_001, io_getevents: 208_004, io_pgetevents: 333_292,
  io_setup: 206_000, io_submit: 209_002, io_uring_enter: 426_426, io_uring_register: 427_427, io_uring_setup: 425_425,
  ioctl: 16_029, ioperm: 173_999, iopl: 172_999, ioprio_get: 252_031, ioprio_set: 251_030, kcmp: 312_272,
  kexec_file_load: 320_294, kexec_load: 246_104, keyctl: 250_219, kill: 62_129, landlock_add_rule: 445_445,
  landlock_create_ruleset: 444_444, landlock_restrict_self: 446_446, lchown: 94_999, lgetxattr: 192_009, link: 86_999,
  linkat: 265_037, listen: 50_201, listmount: 458_458, listxattr: 194_011, listxattrat: 465_465, llistxattr: 195_012,
  lookup_dcookie: 212_018, lremovexattr: 198_015, lseek: 8_062, lsetxattr: 189_006, lsm_get_self_attr: 459_459,
  lsm_list_modules: 461_461, lsm_set_self_attr: 460_460, lstat: 6_999, madvise: 28_233, map_shadow_stack: 453_453,
  mbind: 237_235, membarrier: 324_283, memfd_create: 319_279, memfd_secret: 447_447, migrate_pages: 256_238,
  mincore: 27_232, mkdir: 83_999, mkdirat: 258_034, mknod: 133_999, mknodat: 259_033, mlock: 149_228, mlock2: 325_284,
  mlockall: 151_230, mmap: 9_222, modify_ldt: 154_999, mount: 165_040, mount_setattr: 442_442, move_mount: 429_429,
  move_pages: 279_239, mprotect: 10_226, mq_getsetattr: 245_185, mq_notify: 244_184, mq_open: 240_180,
  mq_timedreceive: 243_183, mq_timedsend: 242_182, mq_unlink: 241_181, mremap: 25_216, mseal: 462_462, msgctl: 71_187,
  msgget: 68_186, msgrcv: 70_188, msgsnd: 69_189, msync: 26_227, munlock: 150_229, munlockall: 152_231, munmap: 11_215,
  name_to_handle_at: 303_264, nanosleep: 35_101, newfstatat: 262_079, nfsservctl: 180_042, open: 2_999,
  open_by_handle_at: 304_265, open_tree: 428_428, open_tree_attr: 467_467, openat: 257_056, openat2: 437_437,
  pause: 34_999, perf_event_open: 298_241, personality: 135_092, pidfd_getfd: 438_438, pidfd_open: 434_434,
  pidfd_send_signal: 424_424, pipe: 22_999, pipe2: 293_059, pivot_root: 155_041, pkey_alloc: 330_289,
  pkey_free: 331_290, pkey_mprotect: 329_288, poll: 7_999, ppoll: 271_073, prctl: 157_167, pread64: 17_067,
  preadv: 295_069, preadv2: 327_286, prlimit64: 302_261, process_madvise: 440_440, process_mrelease: 448_448,
  process_vm_readv: 310_270, process_vm_writev: 311_271, pselect6: 270_072, ptrace: 101_117, putpmsg: 182_999,
  pwrite64: 18_068, pwritev: 296_070, pwritev2: 328_287, query_module: 178_999, quotactl: 179_060, quotactl_fd: 443_443,
  read: 63, readahead: 187_213, readlink: 89_999, readlinkat: 267_078, readv: 19_065, reboot: 169_142, recvfrom: 45_207,
  recvmmsg: 299_243, recvmsg: 47_212, remap_file_pages: 216_234, removexattr: 197_014, removexattrat: 466_466,
  rename: 82_999, renameat: 264_038, renameat2: 316_276, request_key: 249_218, restart_syscall: 219_128, rmdir: 84_999,
  rseq: 334_293, rt_sigaction: 13_134, rt_sigpending: 127_136, rt_sigprocmask: 14_135, rt_sigqueueinfo: 129_138,
  rt_sigreturn: 15_139, rt_sigsuspend: 130_133, rt_sigtimedwait: 128_137, rt_tgsigqueueinfo: 297_240,
  sched_get_priority_max: 146_125, sched_get_priority_min: 147_126, sched_getaffinity: 204_123, sched_getattr: 315_275,
  sched_getparam: 143_121, sched_getscheduler: 145_120, sched_rr_get_interval: 148_127, sched_setaffinity: 203_122,
  sched_setattr: 314_274, sched_setparam: 142_118, sched_setscheduler: 144_119, sched_yield: 24_124, seccomp: 317_277,
  security: 185_999, select: 23_999, semctl: 66_191, semget: 64_190, semop: 65_193, semtimedop: 220_192,
  sendfile: 40_071, sendmmsg: 307_269, sendmsg: 46_211, sendto: 44_206, set_mempolicy: 238_237,
  set_mempolicy_home_node: 450_450, set_robust_list: 273_099, set_thread_area: 205_999, set_tid_address: 218_096,
  setdomainname: 171_162, setfsgid: 123_152, setfsuid: 122_151, setgid: 106_144, setgroups: 116_159,
  sethostname: 170_161, setitimer: 38_103, setns: 308_268, setpgid: 109_154, setpriority: 141_140, setregid: 114_143,
  setresgid: 119_149, setresuid: 117_147, setreuid: 113_145, setrlimit: 160_164, setsid: 112_157, setsockopt: 54_208,
  settimeofday: 164_170, setuid: 105_146, setxattr: 188_005, setxattrat: 463_463, shmat: 30_196, shmctl: 31_195,
  shmdt: 67_197, shmget: 29_194, shutdown: 48_210, sigaltstack: 131_132, signalfd: 282_999, signalfd4: 289_074,
  socket: 41_198, socketpair: 53_199, splice: 275_076, stat: 4_999, statfs: 137_043, statmount: 457_457, statx: 332_291,
  swapoff: 168_225, swapon: 167_224, symlink: 88_999, symlinkat: 266_036, sync: 162_081, sync_file_range: 277_084,
  syncfs: 306_267, sysfs: 139_999, sysinfo: 99_179, syslog: 103_116, tee: 276_077, tgkill: 234_131, time: 201_999,
  timer_create: 222_107, timer_delete: 226_111, timer_getoverrun: 225_109, timer_gettime: 224_108,
  timer_settime: 223_110, timerfd_create: 283_085, timerfd_gettime: 287_087, timerfd_settime: 286_086, times: 100_153,
  tkill: 200_130, truncate: 76_045, tuxcall: 184_999, umask: 95_166, umount2: 166_039, uname: 63_160, unlink: 87_999,
  unlinkat: 263_035, unshare: 272_097, uprobe: 336_999, uretprobe: 335_999, uselib: 134_999, userfaultfd: 323_282,
  ustat: 136_999, utime: 132_999, utimensat: 280_088, utimes: 235_999, vfork: 58_999, vhangup: 153_058,
  vmsplice: 278_075, vserver: 236_999, wait4: 61_260, waitid: 247_095, write: 1_064, writev: 20_066,
} as const;

/** A system call's name, as the kernel's table spells it. */
export type SyscallName = keyof typeof SYSCALLS;

/** A machine's numbers by name; a call that it lacks is not there. */
export type SyscallNumbers = { readonly [N in SyscallName]?: number };

const X86_64 = select((numbers) => Math.floor(numbers / 1000));
const AARCH64 = select((numbers) => numbers % 1000);

function select(part: (numbers: number) => number): SyscallNumbers {
  const numbers = Object.entries(SYSCALLS).map(([name, both]) => [name, part(both)] as const);
  return Object.fromEntries(numbers.filter(([, number]) => number !== NONE));
}

/** All system calls of a machine: for callers to whom a look-up by `syscallNumber` takes too long. */
export function syscallNumbers(machine: Machine): SyscallNumbers {
  return machine === "aarch64" ? AARCH64 : X86_64;
}

/** The number of a system call on a machine, undefined where the machine has none. */
export function syscallNumber(machine: Machine, name: SyscallName): number | undefined {
  return syscallNumbers(machine)[name];
}
