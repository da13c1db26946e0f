/** memfd_create(2): files without a name, sealed before anyone else sees them. */

import { E } from "../linux/errno.ts";
import { F, F_SEAL, MFD } from "../linux/fcntl.ts";
import { must, tolerating } from "./ffi.ts";
import { type Fd, write } from "./file.ts";

/** A memfd that holds `data` and can't change any more. With `executable` it may be given to execveat(2). Throws SyscallError. */
export function sealedFile(name: string, data: string | Uint8Array, executable = false): Fd {
  const fd = sealableFile(name, executable);
  write(fd, data);
  seal(fd);
  return fd;
}

const UNKNOWN_FLAG = [E.EINVAL];

/** An empty memfd, to be written and then sealed. Throws SyscallError. */
export function sealableFile(name: string, executable = false): Fd {
  const flags = MFD.CLOEXEC | MFD.ALLOW_SEALING;
  // Linux 6.3 wants to know whether it will be executed (vm.memfd_noexec); older kernels do not know the flags.
  const fd = tolerating(UNKNOWN_FLAG, "memfd_create", name, flags | (executable ? MFD.EXEC : MFD.NOEXEC_SEAL));
  return fd < 0 ? must("memfd_create", name, flags) : fd;
}

/** From now on nobody can change the memfd, whatever their rights. Throws SyscallError. */
export function seal(fd: Fd): void {
  must("fcntl", fd, F.ADD_SEALS, F_SEAL.SEAL | F_SEAL.SHRINK | F_SEAL.GROW | F_SEAL.WRITE);
}

/** An empty memfd of `size` bytes to be mapped by several processes. Throws SyscallError. */
export function sharedPage(name: string, size: number): Fd {
  const fd = must("memfd_create", name, MFD.CLOEXEC);
  must("ftruncate", fd, size);
  return fd;
}

/** An empty memfd that grows with what is written. Throws SyscallError. */
export function plainFile(name: string): Fd {
  return must("memfd_create", name, MFD.CLOEXEC);
}
