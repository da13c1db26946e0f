/** Giving a cgroup of v2 to a user, who can then make cgroups below it: cgroup-v2.rst § Delegation. */
import { errnoOf } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { O } from "../linux/fcntl.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { must, tolerating } from "../sys/ffi.ts";
import { close, open, readFileIfExists } from "../sys/file.ts";
import { isRootless } from "./rootless.ts";

/** Where the kernel (4.15) lists the files that go with the directory. */
const LIST = "/sys/kernel/cgroup/delegate";
/** Those that config-linux.md names for a kernel without that list. */
const FILES = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";
/** An id that chown(2) leaves as it is. */
const KEEP = 0xffffffff;

/** Makes `uid` the owner. A file that this cgroup has not is left out. Throws SyscallError. */
export function giveCgroup({ paths: { unified } }: CgroupRecord, uid: number): void {
  if (unified === undefined) return;
  const directory = open(unified, O.RDONLY | O.DIRECTORY);
  try {
    must("fchown", directory, uid, KEEP);
    for (const file of (readFileIfExists(LIST) ?? FILES).split("\n").filter(Boolean)) {
      tolerating([E.ENOENT], "fchownat", directory, file, uid, KEEP, 0);
    }
  } catch (error) {
    // Without root's rights, most users can be given nothing.
    if (errnoOf(error) !== E.EPERM || !isRootless()) throw error;
  } finally {
    close(directory);
  }
}
