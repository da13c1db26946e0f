/** Where mounts go: what the symlinks of an image make of their destinations. */
import { E } from "../linux/errno.ts";
import { O, OPEN_HOW_SIZE_VER0, RESOLVE } from "../linux/fcntl.ts";
import { resolveSymlinks } from "../spec/paths.ts";
import { decode, syscall } from "../sys/ffi.ts";
import { CWD, close, type Fd } from "../sys/file.ts";

const RESOLVE_PLAIN = BigInt(RESOLVE.IN_ROOT | RESOLVE.NO_SYMLINKS);

/** struct open_how: a path without symlinks; the last name of one, which may be a symlink. */
const PLAIN = new BigUint64Array([BigInt(O.PATH | O.CLOEXEC), 0n, RESOLVE_PLAIN]);
const LAST = new BigUint64Array([BigInt(O.PATH | O.CLOEXEC | O.NOFOLLOW), 0n, RESOLVE_PLAIN]);

/**
 * Where `destination`, which is clean, leads in the image at `root`: itself, unless there are symlinks on the way. What can't be
 * looked at is taken as it is: whoever mounts there tells why that is not possible.
 */
export function mountPlace(root: string, destination: string): string {
  const image = syscall("openat", CWD, root, O.PATH | O.DIRECTORY | O.CLOEXEC, 0);
  if (image < 0) return destination;
  try {
    const found = syscall("openat2", image, destination, PLAIN, OPEN_HOW_SIZE_VER0);
    if (found >= 0) close(found);
    return found === -E.ELOOP ? resolveSymlinks(destination, (path) => linkIn(image, path)) : destination;
  } finally {
    close(image);
  }
}

function linkIn(image: Fd, path: string): string | undefined {
  const link = syscall("openat2", image, path, LAST, OPEN_HOW_SIZE_VER0);
  if (link < 0) return undefined;
  const buffer = new Uint8Array(4096);
  const length = syscall("readlinkat", link, "", buffer, buffer.length);
  close(link);
  return length < 0 ? undefined : decode(buffer, 0, length);
}
