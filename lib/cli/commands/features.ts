/** `runt features`. */
import { E } from "../../linux/errno.ts";
import { SECCOMP, SECCOMP_FILTER_FLAG } from "../../linux/seccomp.ts";
import { libseccompVersion } from "../../seccomp/version.ts";
import { call, syscall } from "../../sys/ffi.ts";
import { featuresDocument } from "../features.ts";
import { print } from "../output.ts";

export function run(): number {
  const document = featuresDocument({
    version: __VERSION__,
    commit: __COMMIT__,
    libseccomp: libseccompVersion(),
    knowsArch: (name) => call("seccomp_arch_resolve_name", name) !== 0,
    takesFlag: kernelTakes,
  });
  print(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

/** seccomp(2) looks at the flags before it looks for the filter, which is not there; one of them is about listeners alone. */
function kernelTakes(flag: number): boolean {
  const { WAIT_KILLABLE_RECV, NEW_LISTENER } = SECCOMP_FILTER_FLAG;
  const flags = flag === WAIT_KILLABLE_RECV ? flag | NEW_LISTENER : flag;
  return syscall("seccomp", SECCOMP.SET_MODE_FILTER, flags, null) === -E.EFAULT;
}
