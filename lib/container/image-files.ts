/** Files of an image, or of a container, that the runtime itself looks at: without leaving the root, and only at what is a file. */
import { during, errnoOf } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { AT, O, RESOLVE } from "../linux/fcntl.ts";
import { S } from "../linux/stat.ts";
import type { FileSpec } from "../spec/mount-spec.ts";
import { decode } from "../sys/ffi.ts";
import { close, type Fd, open, openat2, openat2IfExists, readAt, readdir, readlink, stat } from "../sys/file.ts";

const IN_ROOT = RESOLVE.IN_ROOT | RESOLVE.NO_MAGICLINKS;

function openRoot(root: string): Fd {
  return during(`open the root ${root}`, () => open(root, O.PATH | O.DIRECTORY));
}

/**
 * The beginning of a file in the root, up to `most` bytes; undefined for what can't be read. To open a device is to have its driver do
 * something, with the rights of the host and whatever the container's cgroup allows: so it is looked at first, and what was looked at
 * is what is opened.
 */
export function beginningOf(root: Fd, path: string, most: number): Uint8Array | undefined {
  try {
    const place = openat2IfExists(root, path, { flags: O.PATH, resolve: IN_ROOT });
    if (place === undefined) return undefined;
    try {
      const found = stat("", place);
      if (found === undefined || (found.mode & S.IFMT) !== S.IFREG) return undefined;
      return readFileAt(place, Math.min(found.size, most));
    } finally {
      close(place);
    }
  } catch {
    return undefined;
  }
}

function readFileAt(place: Fd, size: number): Uint8Array {
  const file = open(`/proc/self/fd/${place}`, O.RDONLY);
  try {
    return readAt(file, 0, size);
  } finally {
    close(file);
  }
}

/** As much of a passwd as is looked at, in bytes: a larger one may have no end. */
const PASSWD_SIZE = 1 << 20;

/** The home directory that the passwd(5) in the root gives a user id, "/" if there is none to be found. Throws RuntimeError. */
export function homeOf(uid: number, root: string): string {
  const directory = openRoot(root);
  try {
    const passwd = beginningOf(directory, "etc/passwd", PASSWD_SIZE + 1);
    if (passwd === undefined || passwd.length > PASSWD_SIZE) return "/";
    const lines = decode(passwd).split("\n");
    return lines.map((line) => line.split(":")).find((fields) => fields[2] === String(uid))?.[5] || "/";
  } finally {
    close(directory);
  }
}

/**
 * Everything below a directory of the image, directories before what they contain; empty without such a directory.
 * @throws RuntimeError for what can't be listed
 */
export function contents(root: string, destination: string): FileSpec[] {
  const rootfd = openRoot(root);
  try {
    return during(`list ${destination} for tmpcopyup`, () => {
      const files: FileSpec[] = [];
      const how = { flags: O.RDONLY | O.DIRECTORY, resolve: IN_ROOT };
      addBelow(openat2(rootfd, destination, how), "", files);
      return files;
    });
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === E.ENOENT || errno === E.ENOTDIR) return [];
    throw error;
  } finally {
    close(rootfd);
  }
}

/** Takes the descriptor over. */
function addBelow(directory: Fd, prefix: string, files: FileSpec[]): void {
  try {
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
  } finally {
    close(directory);
  }
}
