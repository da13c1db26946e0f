/** Files of the host that are looked at before a container is made, by their paths. */
import { AT } from "../linux/fcntl.ts";
import { S, ST_RDONLY, STATFS_FLAGS, STATFS_SIZE } from "../linux/stat.ts";
import { must } from "../sys/ffi.ts";
import { readFile, readlink, stat } from "../sys/file.ts";

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
