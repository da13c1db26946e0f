/** Files that runt makes under a path of the caller's: open(2) with O_CREAT. */
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import { must, syscall } from "./ffi.ts";
import { CWD, close, type Fd, open, write } from "./file.ts";

/** Makes a file of `data` unless there is one, or a link: answers whether it did. Throws SyscallError. */
export function createFile(path: string, data: string | Uint8Array, dir: Fd = CWD, mode = 0o666): boolean {
  const flags = O.WRONLY | O.CREAT | O.EXCL | O.CLOEXEC;
  const result = syscall("openat", dir, path, flags, mode);
  if (result === -E.EEXIST) return false;
  const fd = result < 0 ? must("openat", dir, path, flags, mode) : result;
  try {
    write(fd, data);
  } finally {
    close(fd);
  }
  return true;
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
