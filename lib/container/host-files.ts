/** Files that are looked at before a container is made: the host's by their paths, the image's without leaving the image. */
import { during } from "../base/errors.ts";
import { AT, O, RESOLVE } from "../linux/fcntl.ts";
import { S, ST_RDONLY, STATFS_FLAGS, STATFS_SIZE } from "../linux/stat.ts";
import type { FileSpec } from "../spec/container-spec.ts";
import { decode, must } from "../sys/ffi.ts";
import { close, type Fd, open, openat2, readAt, readdir, readFile, readlink, stat } from "../sys/file.ts";

const IN_ROOT = RESOLVE.IN_ROOT | RESOLVE.NO_MAGICLINKS;

/** Whether there is a directory at a path of the host, symlinks followed. Throws SyscallError. */
export function isDirectory(path: string): boolean {
  const found = stat(path);
  return found !== undefined && (found.mode & S.IFMT) === S.IFDIR;
}

/** What the symlink at a path of the host points to; undefined if there is no symlink. Throws SyscallError. */
export function readLink(path: string): string | undefined {
  const found = stat(path, undefined, AT.SYMLINK_NOFOLLOW);
  return found !== undefined && (found.mode & S.IFMT) === S.IFLNK ? readlink(path) : undefined;
}

/** f_type of the file system that a path of the host is on, statfs(2). Throws SyscallError. */
export function filesystemType(path: string): number {
  return statfs(path)[0] as number;
}

/** Whether nothing can be written at a path of the host, be it for the mount or for the file system. Throws SyscallError. */
export function isReadonly(path: string): boolean {
  return ((statfs(path)[STATFS_FLAGS / 4] as number) & ST_RDONLY) !== 0;
}

function statfs(path: string): Uint32Array {
  const result = new Uint32Array(STATFS_SIZE / 4);
  must("statfs", path, result);
  return result;
}

/** The type of the file system that a path of the host is on, by the mount points above it. Throws SyscallError. */
export function filesystemName(path: string): string {
  let longest = "";
  let name = "an unknown file system";
  for (const line of readFile("/proc/self/mountinfo").split("\n")) {
    const fields = line.split(" ");
    const target = fields[4] ?? "";
    const isAbove = path === target || path.startsWith(target === "/" ? "/" : `${target}/`);
    if (!isAbove || target.length < longest.length) continue;
    longest = target;
    name = fields[fields.indexOf("-", 6) + 1] ?? name;
  }
  return name;
}

function openRoot(root: string): Fd {
  return during(`open the root ${root}`, () => open(root, O.PATH | O.DIRECTORY));
}

/** As much of a passwd as is looked at, in bytes. */
const PASSWD_SIZE = 1 << 20;

/** The home directory that the image's passwd(5) gives a user id, "/" if there is none to be found. */
export function homeOf(uid: number, root: string): string {
  const directory = openRoot(root);
  try {
    const passwd = openat2(directory, "etc/passwd", { flags: O.RDONLY | O.NONBLOCK, resolve: IN_ROOT });
    try {
      // What is no file, or a larger one, may have no end.
      const found = stat("", passwd);
      if (found === undefined || (found.mode & S.IFMT) !== S.IFREG || found.size > PASSWD_SIZE) return "/";
      const lines = decode(readAt(passwd, 0, found.size)).split("\n");
      return lines.map((line) => line.split(":")).find((fields) => fields[2] === String(uid))?.[5] || "/";
    } finally {
      close(passwd);
    }
  } catch {
    // A file that is not there, not readable, or made to look like one: nothing is lost but a default.
    return "/";
  } finally {
    close(directory);
  }
}

/** Everything below a directory of the image, directories before what they contain; empty without such a directory. */
export function contents(root: string, destination: string): FileSpec[] {
  const rootfd = openRoot(root);
  try {
    const files: FileSpec[] = [];
    const how = { flags: O.RDONLY | O.DIRECTORY, resolve: IN_ROOT };
    addBelow(openat2(rootfd, destination, how), "", files);
    return files;
  } catch {
    return [];
  } finally {
    close(rootfd);
  }
}

function addBelow(directory: Fd, prefix: string, files: FileSpec[]): void {
  for (const { name } of readdir(directory)) {
    const found = stat(name, directory, AT.SYMLINK_NOFOLLOW);
    if (found === undefined) continue;
    const { mode, uid, gid, size, rdev } = found;
    const type = mode & S.IFMT;
    const target = type === S.IFLNK ? readlink(name, directory) : "";
    files.push({ path: prefix + name, mode, uid, gid, size, rdev, target });
    if (type === S.IFDIR)
      addBelow(open(name, O.RDONLY | O.DIRECTORY | O.NOFOLLOW, 0, directory), `${prefix}${name}/`, files);
  }
  close(directory);
}
