/**
 * The root of a container that has no mount namespace but the runtime's. There it can't take the place of "/": it is mounted in the
 * state directory, with all that is mounted in it, and the container enters it by chroot(2). For the host these are mounts like any
 * other, so that the end of the container's processes does not take them away: `delete` does.
 */
import { RuntimeError } from "../base/errors.ts";
import type { Config } from "../config/schema.ts";
import { E } from "../linux/errno.ts";
import { MNT, UMOUNT } from "../linux/mount.ts";
import { tolerating } from "../sys/ffi.ts";
import { type Fd, mkdir, stat } from "../sys/file.ts";

const PLACE = "rootfs";

/** More mounts than lie upon each other there. */
const MOST = 8;

/**
 * Where the root is to be mounted, absolute; undefined: in a mount namespace of the container's.
 * @throws RuntimeError if the container has no right to mount there
 */
export function placeOfRoot({ linux }: Pick<Config, "linux">, at: { root: string; id: string }): string | undefined {
  const find = (type: string) => linux?.namespaces?.find((namespace) => namespace.type === type);
  const mount = find("mount");
  const isOwn = mount?.path && stat(mount.path)?.ino === stat("/proc/self/ns/mnt")?.ino;
  if (mount !== undefined && !isOwn) return undefined;
  if (find("user") !== undefined) {
    throw new RuntimeError(
      "linux.namespaces must have one of type mount: in the runtime's own, a container with a user namespace has no right to mount",
    );
  }
  return placeIn(at.root, at.id);
}

function placeIn(root: string, id: string): string {
  return `${root}/${id}/${PLACE}`;
}

/** Makes the directory for it, in the container's state directory. Throws SyscallError. */
export function makePlace(state: Fd): void {
  mkdir(PLACE, 0o700, state);
}

/** Takes the root away, and what is mounted in it. @param place as the record has it. Throws SyscallError. */
export function unmountRoot(place: string): void {
  // The empty directory that masks are made of lies below the root.
  for (let count = 0; count < MOST; count++) {
    if (tolerating([E.EINVAL, E.ENOENT], "umount2", place, MNT.DETACH | UMOUNT.NOFOLLOW) !== 0) return;
  }
}

/** The same for a container of which nothing is known but its state directory. Throws SyscallError. */
export function unmountAnyRoot(root: string, id: string): void {
  unmountRoot(placeIn(root, id));
}
