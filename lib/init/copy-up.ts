/** What a tmpfs covers is copied into it first (tmpcopyup). */
import { AT, O, OPEN_HOW_SIZE_VER0, RESOLVE } from "../linux/fcntl.ts";
import { S } from "../linux/stat.ts";
import { call, type Slot, type Step, slot, words } from "../program/step.ts";
import type { FileSpec } from "../spec/mount-spec.ts";

/** No more than this goes through one sendfile(2). */
const SENDFILE_MAX = 0x7ffff000;

/** The image may have become something else since it was listed: a pipe must not keep us, nor a symlink lead us away. */
const READ = words(
  O.RDONLY | O.NONBLOCK | O.NOCTTY | O.CLOEXEC,
  0,
  RESOLVE.BENEATH | RESOLVE.NO_SYMLINKS | RESOLVE.NO_XDEV,
);

/** Copies `files` from directory `from` to `to`, which is empty; both may be O_PATH. The umask is kept out by a chmod of each. */
export function copySteps(doing: string, files: readonly FileSpec[], from: Slot, to: Slot): Step[] {
  return files.flatMap((file) => {
    const copying = `${doing}: copy ${file.path}`;
    const { path, mode, uid, gid } = file;
    return [
      ...create(copying, file, from, to),
      ...(uid === 0 && gid === 0 ? [] : [call(copying, "fchownat", [to, path, uid, gid, AT.SYMLINK_NOFOLLOW])]),
      // After the owner: a change of that clears the set-id bits.
      ...((mode & S.IFMT) === S.IFLNK ? [] : [call(copying, "fchmodat", [to, path, mode & 0o7777])]),
    ];
  });
}

function create(doing: string, { path, mode, rdev, target, size }: FileSpec, from: Slot, to: Slot): Step[] {
  switch (mode & S.IFMT) {
    case S.IFDIR:
      return [call(doing, "mkdirat", [to, path, 0o700])];
    case S.IFLNK:
      return [call(doing, "symlinkat", [target, to, path])];
    case S.IFREG:
      return copyContents(doing, path, size, from, to);
    default:
      return [call(doing, "mknodat", [to, path, mode, rdev])];
  }
}

function copyContents(doing: string, path: string, size: number, from: Slot, to: Slot): Step[] {
  const source = slot("source");
  const copy = slot("copy");
  const steps = [
    call(doing, "openat2", [from, path, READ, OPEN_HOW_SIZE_VER0], { result: source }),
    call(doing, "mknodat", [to, path, S.IFREG | 0o600, 0]),
    call(doing, "openat", [to, path, O.WRONLY | O.NOFOLLOW | O.CLOEXEC, 0], { result: copy }),
  ];
  for (let done = 0; done < size; done += SENDFILE_MAX) {
    steps.push(call(doing, "sendfile", [copy, source, 0, SENDFILE_MAX]));
  }
  return [...steps, call(doing, "close", [copy]), call(doing, "close", [source])];
}
