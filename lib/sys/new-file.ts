/** Files that runt makes: open(2) with O_CREAT. */
import { E } from "../linux/errno.ts";
import { O, RENAME } from "../linux/fcntl.ts";
import { must, syscall, tolerating } from "./ffi.ts";
import { CWD, close, type Fd, open, write } from "./file.ts";

/** Makes a file of `data` unless there is one, or a link: answers whether it did. Throws SyscallError. */
export function createFile(path: string, data: string | Uint8Array, dir: Fd = CWD, mode = 0o666): boolean {
  const fd = openNew(path, dir, mode);
  if (fd === undefined) return false;
  try {
    write(fd, data);
  } finally {
    close(fd);
  }
  return true;
}

const EXISTS = [E.EEXIST];

/** Makes a file; undefined when something of that name is there. Throws SyscallError. */
function openNew(path: string, dir: Fd, mode: number): Fd | undefined {
  const fd = tolerating(EXISTS, "openat", dir, path, O.WRONLY | O.CREAT | O.EXCL | O.CLOEXEC, mode);
  return fd < 0 ? undefined : fd;
}

/** Opens a file to add to its end; it is made for its owner alone if there is none. Throws SyscallError. */
export function openAppended(path: string): Fd {
  return open(path, O.WRONLY | O.CREAT | O.APPEND, 0o600);
}

/** Adds `text` to the end of a file, as openAppended has it. Throws SyscallError. */
export function appendFile(path: string, text: string): void {
  const fd = openAppended(path);
  try {
    write(fd, text);
  } finally {
    close(fd);
  }
}

/**
 * Puts a file of `data` at `path` in one step, so that a reader sees the old one or the new one and never a part: a new file
 * beside it, then rename(2). Throws SyscallError.
 */
export function writeAtomically(dir: Fd, path: string, data: string | Uint8Array, mode = 0o600): void {
  writeBeside(dir, path, data, mode, (fresh) => must("renameat2", dir, fresh, dir, path, 0));
}

/**
 * The same where nothing but such files is ever at `path`. They change places, and the old one goes: ext4 writes a file to the disk
 * that takes the place of another by a mere rename, and then has blocks to free when it is unlinked. Throws SyscallError.
 */
export function replaceAtomically(dir: Fd, path: string, data: string | Uint8Array, mode = 0o600): void {
  writeBeside(dir, path, data, mode, (fresh) => {
    // Nothing is there yet, or the file system can't do it.
    const errnos = [E.ENOENT, E.EINVAL];
    const exchanged = tolerating(errnos, "renameat2", dir, fresh, dir, path, RENAME.EXCHANGE) === 0;
    if (exchanged) must("unlinkat", dir, fresh, 0);
    else must("renameat2", dir, fresh, dir, path, 0);
  });
}

function writeBeside(
  dir: Fd,
  path: string,
  data: string | Uint8Array,
  mode: number,
  take: (fresh: string) => void,
): void {
  // Of whatever has this name already, somebody may hold a descriptor, or another name: what is written there would be his to change.
  const name = `${path}.${syscall("getpid")}`;
  let fresh = name;
  let fd = openNew(fresh, dir, mode);
  for (let n = 1; fd === undefined; ++n) {
    fresh = `${name}-${n}`;
    fd = openNew(fresh, dir, mode);
  }
  try {
    write(fd, data);
    take(fresh);
  } catch (error) {
    syscall("unlinkat", dir, fresh, 0);
    throw error;
  } finally {
    close(fd);
  }
}
