/** Whether the runtime has the rights of the host's root; without them parts of cgroups are out of reach, user_namespaces(7). */
import { syscall } from "../sys/ffi.ts";
import { readFile } from "../sys/file.ts";

/** The runtime is no root, or root of another user namespace than the initial one. Throws SyscallError. */
export function isRootless(): boolean {
  return syscall("geteuid") !== 0 || !/^\s*0\s+0\s+4294967295\s*$/.test(readFile("/proc/self/uid_map"));
}
