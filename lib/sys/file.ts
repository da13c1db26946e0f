/** open(2), read(2), write(2) and what else works on names and descriptors of files; every descriptor is close-on-exec. */
import { errnoOf } from "../base/errors.ts";
import { makedev } from "../linux/dev.ts";
import { E } from "../linux/errno.ts";
import { AT, F, O, OPEN_HOW_SIZE_VER0 } from "../linux/fcntl.ts";
import { STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { decode, encode, must, syscall, tolerating } from "./ffi.ts";

/** A file descriptor. */
export type Fd = number;

/** Text, or the bytes of what may be no UTF-8 with a NUL after them. */
export type Path = string | Uint8Array;

/** The directory descriptor that means the current directory, open(2). */
export const CWD: Fd = AT.FDCWD;

/** openat(2), always with O_CLOEXEC. Throws SyscallError. */
export function open(path: string, flags: number, mode = 0, dir: Fd = CWD): Fd {
  return must("openat", dir, path, flags | O.CLOEXEC, mode);
}

/** Like `open`, but answers undefined when the file does not exist; ENODEV is what is said of a cgroup's that is being removed. */
export function openIfExists(path: Path, flags: number, dir: Fd = CWD): Fd | undefined {
  const fd = tolerating([E.ENOENT, E.ENODEV], "openat", dir, path, flags | O.CLOEXEC, 0);
  return fd < 0 ? undefined : fd;
}

/** openat2(2), always with O_CLOEXEC; `resolve` (RESOLVE_*) is required so that no caller forgets to choose. Throws SyscallError. */
export function openat2(dir: Fd, path: string, how: { flags: number; mode?: number; resolve: number }): Fd {
  return must("openat2", dir, path, openHow(how), OPEN_HOW_SIZE_VER0);
}

/** Like `openat2`, but answers undefined when the file does not exist, or for what other errnos say. */
export function openat2IfExists(
  dir: Fd,
  path: Path,
  how: { flags: number; resolve: number },
  errnos: readonly number[] = [E.ENOENT],
): Fd | undefined {
  const fd = tolerating(errnos, "openat2", dir, path, openHow(how), OPEN_HOW_SIZE_VER0);
  return fd < 0 ? undefined : fd;
}

function openHow({ flags, mode = 0, resolve }: { flags: number; mode?: number; resolve: number }): BigUint64Array {
  return new BigUint64Array([flags | O.CLOEXEC, mode, resolve].map(BigInt));
}

/** close(2); a failure is of no consequence to anyone. */
export function close(fd: Fd): void {
  syscall("close", fd);
}

/** pipe2(2): the end to read from and the end to write to. Throws SyscallError. */
export function pipe(): [Fd, Fd] {
  const ends = new Int32Array(2);
  must("pipe2", ends, O.CLOEXEC);
  return [ends[0] as Fd, ends[1] as Fd];
}

/**
 * Makes a descriptor one that the next program inherits, fcntl(2), at a number of `lowest` or above: it moves if need be.
 * Throws SyscallError.
 */
export function inherit(fd: Fd, lowest = 0): Fd {
  if (fd >= lowest) {
    must("fcntl", fd, F.SETFD, 0);
    return fd;
  }
  const moved = must("fcntl", fd, F.DUPFD, lowest);
  close(fd);
  return moved;
}

/** read(2) until the end of the file: its bytes. `size` is a guess of how many there are. Throws SyscallError. */
export function readAll(fd: Fd, size = 4096): Uint8Array {
  let bytes = new Uint8Array(size);
  let length = 0;
  for (;;) {
    const count = must("read", fd, bytes.subarray(length), bytes.length - length);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
    if (length === bytes.length) {
      const larger = new Uint8Array(length * 4);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

/** pread(2) of up to `length` bytes. Throws SyscallError. */
export function readAt(fd: Fd, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, must("pread64", fd, bytes, length, offset));
}

/** The text of a whole file. Throws SyscallError. */
export function readFile(path: string, dir: Fd = CWD): string {
  const fd = open(path, O.RDONLY, 0, dir);
  try {
    return decode(readAll(fd));
  } finally {
    close(fd);
  }
}

/** The text of a whole file, undefined when it does not exist. Throws SyscallError. */
export function readFileIfExists(path: string, dir: Fd = CWD): string | undefined {
  const fd = openIfExists(path, O.RDONLY, dir);
  if (fd === undefined) return undefined;
  try {
    return decode(readAll(fd));
  } catch (error) {
    // What the kernel says of a file of its own, such as a cgroup's, that is gone since it was opened.
    if (errnoOf(error) === E.ENODEV) return undefined;
    throw error;
  } finally {
    close(fd);
  }
}

/** write(2) of all of `data`. Throws SyscallError. */
export function write(fd: Fd, data: string | Uint8Array): void {
  const bytes = typeof data === "string" ? encode(data) : data;
  for (let done = 0; done < bytes.length; ) {
    done += must("write", fd, bytes.subarray(done), bytes.length - done);
  }
}

/** Writes a file of the kernel's or one already there (procfs, cgroupfs): never creates or truncates. Throws SyscallError. */
export function writeExisting(path: string, data: string, dir: Fd = CWD): void {
  const fd = open(path, O.WRONLY, 0, dir);
  try {
    write(fd, data);
  } finally {
    close(fd);
  }
}

/** mkdirat(2). Answers whether it was made: false when something of that name is there. Throws SyscallError. */
export function mkdir(path: string, mode: number, dir: Fd = CWD): boolean {
  return tolerating([E.EEXIST], "mkdirat", dir, path, mode) === 0;
}

/** unlinkat(2): removes a file; one that is not there is fine. Throws SyscallError. */
export function unlink(path: Path, dir: Fd = CWD): void {
  tolerating([E.ENOENT], "unlinkat", dir, path, 0);
}

/** unlinkat(2) with AT_REMOVEDIR: 0 or the errno (positive), for callers that retry. */
export function rmdir(path: Path, dir: Fd = CWD): number {
  return -syscall("unlinkat", dir, path, AT.REMOVEDIR);
}

/** A directory entry of getdents64(2). */
export interface Entry {
  /** For those who look for it: in a name that is no UTF-8 some characters stand for others. */
  readonly name: string;
  /** For those who go on to the file, whatever its name. */
  readonly path: Path;
  /** `DT_*`. */
  readonly type: number;
}

/** getdents64(2): what is in a directory, without `.` and `..`. Throws SyscallError. */
export function readdir(fd: Fd): Entry[] {
  const entries: Entry[] = [];
  const block = new Uint8Array(16384);
  for (;;) {
    const count = must("getdents64", fd, block, block.length);
    if (count === 0) return entries;
    for (let at = 0; at < count; ) {
      // struct linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, d_name.
      const length = (block[at + 16] as number) | ((block[at + 17] as number) << 8);
      const end = block.indexOf(0, at + 19);
      const name = decode(block, at + 19, end - at - 19);
      if (name !== "." && name !== "..")
        entries.push({ name, path: block.slice(at + 19, end + 1), type: block[at + 18] as number });
      at += length;
    }
  }
}

/** What stat(2) tells that runt asks for. */
export interface Stat {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** As makedev(3) packs it. */
  readonly rdev: number;
  readonly ino: bigint;
}

/** statx(2) of `path` at `dir`, or of `dir` itself for "". Undefined when it does not exist. Throws SyscallError. */
export function stat(path: string, dir: Fd = CWD, flags: number = path === "" ? AT.EMPTY_PATH : 0): Stat | undefined {
  const bytes = new Uint8Array(STATX_SIZE);
  if (tolerating([E.ENOENT, E.ENOTDIR], "statx", dir, path, flags, STATX.BASIC_STATS, bytes) < 0) return undefined;
  const view = new DataView(bytes.buffer);
  return {
    mode: view.getUint16(STATX_OFFSET.mode, true),
    uid: view.getUint32(STATX_OFFSET.uid, true),
    gid: view.getUint32(STATX_OFFSET.gid, true),
    size: Number(view.getBigUint64(STATX_OFFSET.size, true)),
    rdev: makedev(view.getUint32(STATX_OFFSET.rdev_major, true), view.getUint32(STATX_OFFSET.rdev_minor, true)),
    ino: view.getBigUint64(STATX_OFFSET.ino, true),
  };
}

/** The path of the current directory, getcwd(2). Throws SyscallError. */
export function cwd(): string {
  const buffer = new Uint8Array(4096);
  return decode(buffer, 0, must("getcwd", buffer, buffer.length) - 1);
}

/** readlinkat(2): where a symbolic link points. Throws SyscallError. */
export function readlink(path: string, dir: Fd = CWD): string {
  const buffer = new Uint8Array(4096);
  return decode(buffer, 0, must("readlinkat", dir, path, buffer, buffer.length));
}
