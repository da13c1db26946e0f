/** Whether the runtime has the rights of the host's root; without them parts of cgroups are out of reach, user_namespaces(7). */
import { readFile } from "../sys/file.ts";
import { geteuid } from "../sys/process.ts";

/** Every user id is itself: what the initial user namespace shows, "%10u %10u %10u". */
const INITIAL_MAP = "         0          0 4294967295\n";

/** The runtime is no root, or root of another user namespace than the initial one. Throws SyscallError. */
export function isRootless(): boolean {
  return geteuid() !== 0 || readFile("/proc/self/uid_map") !== INITIAL_MAP;
}
