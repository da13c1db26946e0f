/** The questions that cases put to the kernel from inside a container. */
import { AT, O } from "../../lib/linux/fcntl.ts";
import { S, STATX, STATX_OFFSET, STATX_SIZE } from "../../lib/linux/stat.ts";
import type { SyscallName } from "../../lib/linux/syscalls.ts";
import { type Argument, buffer, type Step, slot } from "../../lib/program/step.ts";
import { type Mount, parseMounts, status } from "../../test/support/host.ts";
import { type Ask, asked, failure, type Tell, type Told } from "./observer.ts";

/** What a call returned, or the name of its error. */
export type Outcome = number | string;

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const outcome = (told: Told): Outcome => failure(told) ?? told.value;
const first = (told: readonly Told[]): Told => told[0] as Told;

/** One system call. */
export function calls(name: SyscallName, ...args: readonly Argument[]): Ask<Outcome> {
  const result = slot(name);
  return {
    steps: (tell) => [asked(name, args, result), ...tell.answer(result)],
    decode: (told) => outcome(first(told)),
  };
}

/** A call that fills `size` bytes at its argument of number `index`, where `args` has a hole. */
export function fills(name: SyscallName, size: number, args: readonly (Argument | undefined)[]): Ask<DataView> {
  const result = slot(name);
  const into = buffer(name, size);
  const filled = args.map((arg) => arg ?? into);
  return {
    steps: (tell) => [asked(name, filled, result), ...tell.answer(result, into, size)],
    decode: (told) => {
      const error = failure(first(told));
      if (error !== undefined) throw new Error(`${name}: ${error}`);
      const { data } = first(told);
      return new DataView(data.slice().buffer);
    },
  };
}

/** Opens `path`, then makes `name` on the descriptor: what the first to fail of the two says, else what the second returned. */
export function opened(path: string, flags: number, name: SyscallName, ...args: readonly Argument[]): Ask<Outcome> {
  const fd = slot("fd");
  const result = slot(name);
  return {
    steps: (tell) => [
      asked("openat", [AT.FDCWD, path, flags | O.CLOEXEC, 0o644], fd),
      ...tell.answer(fd),
      asked(name, [fd, ...args], result),
      ...tell.answer(result),
      asked("close", [fd]),
    ],
    decode: ([opening, made]) => failure(opening as Told) ?? outcome(made as Told),
  };
}

/** Writes into a file that is there. */
export function writes(path: string, content: string): Ask<Outcome> {
  return opened(path, O.WRONLY, "write", content, content.length);
}

/** Makes a file. */
export function makes(path: string): Ask<Outcome> {
  return opened(path, O.CREAT | O.EXCL | O.WRONLY, "write", "x", 1);
}

const PIECE = 4096;
const PIECES = 8;

/** A file's text, up to 32 kB; or the name of the error. */
export function reads(path: string, pieces = PIECES): Ask<string> {
  const fd = slot("fd");
  const into = buffer("text", PIECE);
  const length = slot("length");
  const piece = (tell: Tell): Step[] => [asked("read", [fd, into, PIECE], length), ...tell.answer(length, into)];
  return {
    steps: (tell) => [
      asked("openat", [AT.FDCWD, path, O.RDONLY | O.CLOEXEC | O.NONBLOCK, 0], fd),
      ...tell.answer(fd),
      ...Array.from({ length: pieces }, () => piece(tell)).flat(),
      asked("close", [fd]),
    ],
    decode: ([opening, ...told]) =>
      failure(opening as Told) ?? failure(first(told)) ?? told.map(({ data }) => text(data)).join(""),
  };
}

/** Copies up to 32 kB of one file to another, which it makes. */
export function copies(from: string, to: string): Ask<Outcome> {
  const [source, target, length] = [slot("source"), slot("target"), slot("length")];
  const into = buffer("text", PIECE);
  const piece = [asked("read", [source, into, PIECE], length), asked("write", [target, into, length])];
  return {
    steps: (tell) => [
      asked("openat", [AT.FDCWD, from, O.RDONLY | O.CLOEXEC, 0], source),
      asked("openat", [AT.FDCWD, to, O.WRONLY | O.CREAT | O.CLOEXEC, 0o644], target),
      ...Array.from({ length: PIECES }, () => piece).flat(),
      ...tell.answer(target),
    ],
    decode: (told) => outcome(first(told)),
  };
}

/** A field of the process's /proc/self/status. */
export function statusField(field: string): Ask<string> {
  const file = reads("/proc/self/status", 2);
  return { steps: file.steps, decode: (told) => status(file.decode(told), field) };
}

/** All fields of /proc/self/status, by name. */
export function statusFields(): Ask<(field: string) => string> {
  const file = reads("/proc/self/status", 2);
  return {
    steps: file.steps,
    decode: (told) => {
      const all = file.decode(told);
      return (field) => status(all, field);
    },
  };
}

/** The mounts that the process sees. */
export function mountTable(): Ask<Mount[]> {
  const file = reads("/proc/self/mountinfo");
  return { steps: file.steps, decode: (told) => parseMounts(file.decode(told)) };
}

/** Where a link leads, or the name of the error. */
export function leadsTo(path: string): Ask<string> {
  const result = slot("length");
  const into = buffer("target", PIECE);
  return {
    steps: (tell) => [asked("readlinkat", [AT.FDCWD, path, into, PIECE], result), ...tell.answer(result, into)],
    decode: (told) => failure(first(told)) ?? text(first(told).data),
  };
}

export interface FileFacts {
  readonly kind: "file" | "folder" | "char" | "block" | "fifo" | "link" | "socket";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** "1:3" of a device. */
  readonly device: string;
  readonly inode: number;
}

const KINDS = {
  [S.IFREG]: "file",
  [S.IFDIR]: "folder",
  [S.IFCHR]: "char",
  [S.IFBLK]: "block",
  [S.IFIFO]: "fifo",
  [S.IFLNK]: "link",
  [S.IFSOCK]: "socket",
} as const;

/** What stands at `path`, not following a link; or the name of the error. */
export function facts(path: string, flags: number = AT.SYMLINK_NOFOLLOW): Ask<FileFacts | string> {
  const result = slot("statx");
  const into = buffer("statx", STATX_SIZE);
  return {
    steps: (tell) => [
      asked("statx", [AT.FDCWD, path, flags, STATX.BASIC_STATS, into], result),
      ...tell.answer(result, into, STATX_SIZE),
    ],
    decode: (told) => {
      const error = failure(first(told));
      if (error !== undefined) return error;
      const { data } = first(told);
      const view = new DataView(data.buffer, data.byteOffset, data.length);
      const word = (field: keyof typeof STATX_OFFSET) => view.getUint32(STATX_OFFSET[field], true);
      const mode = view.getUint16(STATX_OFFSET.mode, true);
      return {
        kind: KINDS[(mode & S.IFMT) as keyof typeof KINDS],
        mode: mode & 0o7777,
        uid: word("uid"),
        gid: word("gid"),
        device: `${word("rdev_major")}:${word("rdev_minor")}`,
        inode: word("ino"),
      };
    },
  };
}

/** The names in a directory, or the name of the error. */
export function lists(path: string): Ask<string[] | string> {
  const fd = slot("fd");
  const size = 0x8000;
  const into = buffer("entries", size);
  const length = slot("length");
  return {
    steps: (tell) => [
      asked("openat", [AT.FDCWD, path, O.RDONLY | O.DIRECTORY | O.CLOEXEC, 0], fd),
      ...tell.answer(fd),
      asked("getdents64", [fd, into, size], length),
      ...tell.answer(length, into),
      asked("close", [fd]),
    ],
    decode: ([opening, told]) => failure(opening as Told) ?? failure(told as Told) ?? names((told as Told).data),
  };
}

/** The names of struct linux_dirent64, getdents(2), without "." and "..". */
function names(entries: Uint8Array): string[] {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.length);
  const found: string[] = [];
  for (let place = 0; place < entries.length; ) {
    const size = view.getUint16(place + 16, true);
    const name = entries.subarray(place + 19, place + size);
    found.push(text(name.subarray(0, name.indexOf(0))));
    place += size;
  }
  return found.filter((name) => name !== "." && name !== "..").sort();
}

/** Blocks all signals, tells 1 when one can come, and then which one came. */
export function signalCame(): Ask<number> {
  const fd = slot("signalfd");
  const ready = slot("ready");
  const result = slot("length");
  const all = new Uint8Array(8).fill(0xff);
  const info = buffer("siginfo", 128);
  return {
    steps: (tell) => [
      asked("rt_sigprocmask", [2, all, 0, 8]),
      asked("signalfd4", [-1, all, 8, O.CLOEXEC], fd),
      { op: "assign", slot: ready, value: 1 },
      ...tell.answer(ready),
      asked("read", [fd, info, 128], result),
      ...tell.answer(result, info, 128),
    ],
    decode: ([, told]) => (told === undefined ? 0 : new DataView(told.data.slice().buffer).getUint32(0, true)),
  };
}
