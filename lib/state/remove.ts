/** Removing a directory into which the container may have put what it likes: the one of its notification socket. */
import { E } from "../linux/errno.ts";
import { AT, O, RENAME, RESOLVE, SEEK } from "../linux/fcntl.ts";
import { FS_IOC_SETFLAGS } from "../linux/ioctl.ts";
import { S } from "../linux/stat.ts";
import { must, syscall, tolerating } from "../sys/ffi.ts";
import { close, type Fd, open, openat2IfExists, type Path, readdir, rmdir, stat } from "../sys/file.ts";

/** Nothing that is mounted there is the container's state, and no link leads to any. */
const RESOLVE_HERE = RESOLVE.BENEATH | RESOLVE.NO_SYMLINKS | RESOLVE.NO_XDEV;

/** More than a directory can be deep: somebody who never stops making others is not to keep runt here. */
const ROUNDS = 100_000;

/** Removes the directory `name` of `parent` with all that is in it. Throws SyscallError, also when something is mounted there. */
export function removeDirectory(name: string, parent: Fd): void {
  inDirectory(name, parent, empty);
  const errno = rmdir(name, parent);
  if (errno === 0) return;
  if (errno === E.EPERM) makeMutable(parent, name);
  must("unlinkat", parent, name, AT.REMOVEDIR);
}

/**
 * Removes all that is in a directory. What lies deeper comes up first, until nothing does: so neither depth nor somebody who moves
 * directories meanwhile leads anywhere else.
 */
function empty(top: Fd): void {
  let serial = 0;
  const moveUp = (from: Fd, path: Path): void => {
    while (syscall("renameat2", from, path, top, `up-${++serial}`, RENAME.NOREPLACE) === -E.EEXIST);
  };
  for (let round = 0; round < ROUNDS; ++round) {
    must("lseek", top, 0, SEEK.SET);
    const entries = readdir(top);
    if (entries.length === 0) return;
    for (const { path } of entries) {
      if (isRemoved(path, top)) continue;
      inDirectory(path, top, (directory) => {
        for (const entry of readdir(directory)) if (!isRemoved(entry.path, directory)) moveUp(directory, entry.path);
      });
    }
  }
}

/** Removes a file or an empty directory; answers false for another directory. Throws SyscallError. */
function isRemoved(path: Path, parent: Fd): boolean {
  let errno = tryRemove(path, parent);
  if (errno === E.EPERM) {
    makeMutable(parent);
    makeMutable(parent, path);
    errno = tryRemove(path, parent);
  }
  if (errno === E.EPERM) must("unlinkat", parent, path, 0);
  return errno !== E.EISDIR;
}

/** 0, EPERM, or EISDIR for a directory that is not empty. Throws SyscallError for other errnos. */
function tryRemove(path: Path, parent: Fd): number {
  if (rmdir(path, parent) === 0) return 0;
  const errno = -tolerating([E.EISDIR, E.ENOENT, E.EPERM], "unlinkat", parent, path, 0);
  return errno === E.ENOENT ? 0 : errno;
}

/** Takes flags from a file or directory that forbid to change it, chattr(1): who has set them had the right to. */
function makeMutable(parent: Fd, path: Path = "."): void {
  // What is no file or directory is not opened: it might be a device.
  const place = tolerating([E.ENOENT], "openat", parent, path, O.PATH | O.NOFOLLOW | O.CLOEXEC, 0);
  if (place < 0) return;
  const type = (stat("", place)?.mode ?? 0) & S.IFMT;
  const fd = type === S.IFREG || type === S.IFDIR ? open(`/proc/self/fd/${place}`, O.RDONLY) : undefined;
  close(place);
  if (fd === undefined) return;
  syscall("ioctl", fd, FS_IOC_SETFLAGS, new Uint32Array(2));
  close(fd);
}

/** Does something with the directory `path` of `parent`, if there still is one. Throws what `action` throws, SyscallError. */
function inDirectory(path: Path, parent: Fd, action: (directory: Fd) => void): void {
  const how = { flags: O.RDONLY | O.DIRECTORY, resolve: RESOLVE_HERE };
  const directory = openat2IfExists(parent, path, how, [E.ENOENT, E.ENOTDIR, E.ELOOP]);
  if (directory === undefined) return;
  try {
    action(directory);
  } finally {
    close(directory);
  }
}
