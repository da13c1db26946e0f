/** Why the kernel refuses a value for a cgroup file, where its errno does not say. */
import { E } from "../linux/errno.ts";
import { type Fd, readFileIfExists } from "../sys/file.ts";

type Read = (file: string) => string | undefined;

interface Hint {
  readonly errno: number;
  /** With what other files say now; undefined when they say nothing. */
  readonly say: (read: Read) => string | undefined;
}

const present = (file: string) => (read: Read) => says(`${file} is`, read(file));
const range = (text: string) => () => `it takes ${text}`;

/** What a cgroup of v1 may have, and one of v2 can use, of CPUs or memory nodes. */
const above = (file: string) => (read: Read) => {
  return says("the cgroup above has", read(`../${file}.effective`) ?? read(`../${file}`));
};

const cpuset = (file: string): readonly Hint[] => [
  ...[E.EACCES, E.EINVAL, E.ERANGE].map((errno) => ({ errno, say: above(file) })),
  { errno: E.EBUSY, say: () => "a cgroup below it has more" },
];

const DEVICES: readonly Hint[] = [
  { errno: E.EINVAL, say: () => "not while there are cgroups below it" },
  { errno: E.EPERM, say: () => "not while the cgroup above does not allow it" },
];

const HINTS: ReadonlyMap<string, readonly Hint[]> = new Map([
  [
    "memory.limit_in_bytes",
    [
      // v1 refuses a limit below what it cannot free.
      { errno: E.EBUSY, say: (read) => says("bytes in use:", read("memory.usage_in_bytes")) },
      { errno: E.EINVAL, say: present("memory.memsw.limit_in_bytes") },
    ],
  ],
  ["memory.memsw.limit_in_bytes", [{ errno: E.EINVAL, say: present("memory.limit_in_bytes") }]],
  ["cpu.cfs_burst_us", [{ errno: E.EINVAL, say: present("cpu.cfs_quota_us") }]],
  ["cpu.max.burst", [{ errno: E.EINVAL, say: present("cpu.max") }]],
  [
    "cpu.cfs_quota_us",
    [{ errno: E.EINVAL, say: range("1000 and more, and in relation to the period no more than the cgroup above has") }],
  ],
  ["cpu.cfs_period_us", [{ errno: E.EINVAL, say: range("1000 to 1000000") }]],
  ["cpu.max", [{ errno: E.EINVAL, say: range("a quota of 1000 and more, and a period of 1000 to 1000000") }]],
  ["pids.max", [{ errno: E.EINVAL, say: range("at most 4194304") }]],
  ["blkio.bfq.weight", [{ errno: E.ERANGE, say: range("1 to 1000") }]],
  ["io.bfq.weight", [{ errno: E.ERANGE, say: range("1 to 1000") }]],
  ["io.weight", [{ errno: E.ERANGE, say: range("1 to 10000") }]],
  ["devices.allow", DEVICES],
  ["devices.deny", DEVICES],
  ["cpuset.cpus", cpuset("cpuset.cpus")],
  ["cpuset.mems", cpuset("cpuset.mems")],
] satisfies [string, readonly Hint[]][]);

function says(what: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${what} ${text.trim()}`;
}

/** ` (…)` for what `file` in `directory` was refused by `errno`; "" where there is nothing to say. Throws SyscallError. */
export function hintOn(directory: Fd, file: string, errno: number | undefined): string {
  const hint = HINTS.get(file)?.find((each) => each.errno === errno);
  const text = hint?.say((name) => readFileIfExists(name, directory));
  return text === undefined ? "" : ` (${text})`;
}
