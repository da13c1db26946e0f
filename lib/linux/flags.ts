/** Numbers by the names that the kernel's headers give them, for whoever reads about a system call. */
import { BPF_CMD } from "./bpf.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { ACCESS, AT, CLOSE_RANGE, F, F_SEAL, LOCK, MFD, O, RESOLVE, SEEK } from "./fcntl.ts";
import { SIOC, TC, TIOC } from "./ioctl.ts";
import { KEY_SPEC, KEYCTL } from "./keyctl.ts";
import { MPOL } from "./mempolicy.ts";
import { MAP, PROT } from "./mman.ts";
import { FSCONFIG, FSMOUNT, FSOPEN, FSPICK, MNT, MOUNT_ATTR, MOVE_MOUNT, MS, OPEN_TREE, UMOUNT } from "./mount.ts";
import { NS } from "./nsfs.ts";
import { PER } from "./personality.ts";
import { POLL } from "./poll.ts";
import { PR, PR_CAP_AMBIENT, PR_SCHED_CORE, SECBIT } from "./prctl.ts";
import { RLIMITS } from "./rlimits.ts";
import { CLONE, CLONE3, IOPRIO_CLASS, IOPRIO_WHO, SCHED, SCHED_FLAG } from "./sched.ts";
import { SECCOMP, SECCOMP_FILTER_FLAG } from "./seccomp.ts";
import { SIG } from "./signals.ts";
import { AF, MSG, SOCK } from "./socket.ts";
import { STATX } from "./stat.ts";
import { P, W } from "./wait.ts";

/** Members by prefix; the first name of a number is the one that is used. */
type Family = Readonly<Record<string, Readonly<Record<string, number>>>>;

const { FDCWD: _fdcwd, REMOVEDIR, ...AT_FLAGS } = AT;
const { RDONLY: _rdonly, ...O_FLAGS } = O;

/** Families whose members are added to each other. */
const FLAGS = {
  access: { "": ACCESS },
  at: { AT_: AT_FLAGS },
  clone: { CLONE_: { ...CLONE, ...CLONE3 } },
  closeRange: { CLOSE_RANGE_: CLOSE_RANGE },
  fdFlags: { FD_: { CLOEXEC: 1 } },
  fsmount: { FSMOUNT_: FSMOUNT },
  fsopen: { FSOPEN_: FSOPEN },
  fspick: { FSPICK_: FSPICK },
  lock: { LOCK_: LOCK },
  map: { MAP_: MAP },
  memfd: { MFD_: MFD },
  mount: { MS_: MS },
  mountAttr: { MOUNT_ATTR_: MOUNT_ATTR },
  moveMount: { MOVE_MOUNT_: MOVE_MOUNT },
  msg: { MSG_: MSG },
  open: { O_: O_FLAGS },
  openTree: { OPEN_TREE_: OPEN_TREE, AT_: AT_FLAGS },
  poll: { POLL },
  prot: { PROT_: PROT },
  resolve: { RESOLVE_: RESOLVE },
  schedFlags: { SCHED_FLAG_: SCHED_FLAG },
  seals: { F_SEAL_: F_SEAL },
  seccompFlags: { SECCOMP_FILTER_FLAG_: SECCOMP_FILTER_FLAG },
  securebits: { SECBIT_: SECBIT },
  socketType: { SOCK_: SOCK },
  statx: { STATX_: STATX },
  umount: { MNT_: MNT, UMOUNT_: UMOUNT },
  unlink: { AT_: { REMOVEDIR } },
  wait: { W },
} as const satisfies Record<string, Family>;

/** Families of which a number is one member. */
const NAMES = {
  ambient: { PR_CAP_AMBIENT_: PR_CAP_AMBIENT },
  bpf: { BPF_: BPF_CMD },
  capability: { "": CAPABILITIES },
  family: { AF_: AF },
  fcntl: { F_: F },
  fsconfig: { FSCONFIG_: FSCONFIG },
  ioctl: { TIOC, TC, SIOC, NS_: NS },
  ioprioClass: { IOPRIO_CLASS_: IOPRIO_CLASS },
  ioprioWho: { IOPRIO_WHO_: IOPRIO_WHO },
  keyctl: { KEYCTL_: KEYCTL },
  keyring: { KEY_SPEC_: KEY_SPEC },
  memoryPolicy: { MPOL_: MPOL },
  personality: { PER_: PER },
  prctl: { PR_: PR },
  rlimit: { "": RLIMITS },
  sched: { SCHED_: SCHED },
  schedCore: { PR_SCHED_CORE_: PR_SCHED_CORE },
  seccomp: { SECCOMP_: SECCOMP },
  seek: { SEEK_: SEEK },
  sigprocmask: { SIG_: SIG },
  waitId: { P_: P },
} as const satisfies Record<string, Family>;

export type FlagsFamily = keyof typeof FLAGS;
export type NamesFamily = keyof typeof NAMES;

/** Whether the members of a family of that name are added to each other. */
export function isFlagsFamily(kind: string): kind is FlagsFamily {
  return Object.hasOwn(FLAGS, kind);
}

/** Whether a number of a family of that name is one member. */
export function isNamesFamily(kind: string): kind is NamesFamily {
  return Object.hasOwn(NAMES, kind);
}

/** A sum of flags as strace prints it: `MS_NOSUID|MS_NODEV|0x40000000`, `0` for none. */
export function flagsText(family: FlagsFamily, value: number | bigint): string {
  const members = membersOf(FLAGS[family]);
  const taken = new Set<string>();
  let rest = BigInt.asUintN(64, BigInt(value));
  // Reading is the absence of writing, unless nothing but the place of a file is wanted.
  const reads = family === "open" && (rest & BigInt(O.WRONLY | O.RDWR | O.PATH)) === 0n;
  // Members of several bits come first: O_TMPFILE has the bit of O_DIRECTORY in it.
  for (const { name, value: member } of members.toSorted((a, b) => bits(b.value) - bits(a.value))) {
    if (member === 0n || (rest & member) !== member) continue;
    rest &= ~member;
    taken.add(name);
  }
  const names = members.map(({ name }) => name).filter((name) => taken.has(name));
  const texts = [...(reads ? ["O_RDONLY"] : []), ...names, ...(rest === 0n ? [] : [`0x${rest.toString(16)}`])];
  return texts.length === 0 ? "0" : texts.join("|");
}

/** The name of a number; undefined for one that the family lacks. */
export function nameText(family: NamesFamily, value: number | bigint): string | undefined {
  return membersOf(NAMES[family]).find((member) => member.value === BigInt(value))?.name;
}

function membersOf(family: Family): { name: string; value: bigint }[] {
  return Object.entries(family).flatMap(([prefix, members]) =>
    Object.entries(members).map(([name, value]) => ({ name: prefix + name, value: BigInt(value) })),
  );
}

function bits(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}
