/** Files that runt makes under a path of the caller's: open(2) with O_CREAT. */
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import { must, syscall } from "./ffi.ts";
import { CWD, close, open, write } from "./file.ts";

/** Makes a file of `text` unless there is one, or a link: answers whether it did. Throws SyscallError. */
export function createFile(path: string, text: string): boolean {
  const flags = O.WRONLY | O.CREAT | O.EXCL | O.CLOEXEC;
  const mode = 0o666;
  const result = syscall("openat", CWD, path, flags, mode);
  if (result === -E.EEXIST) return false;
  const fd = result < 0 ? must("openat", CWD, path, flags, mode) : result;
  try {
    write(fd, text);
  } finally {
    close(fd);
  }
  return true;
}

/** Adds `text` to the end of a file, which is made for its owner alone if there is none. Throws SyscallError. */
export function appendFile(path: string, text: string): void {
  const fd = open(path, O.WRONLY | O.CREAT | O.APPEND, 0o600);
  try {
    write(fd, text);
  } finally {
    close(fd);
  }
}
