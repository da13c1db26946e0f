/** `runt features`. */
import { E } from "../../linux/errno.ts";
import { SECCOMP } from "../../linux/seccomp.ts";
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
    // seccomp(2) looks at the flags before it looks for the filter, which is not there.
    takesFlag: (flag) => syscall("seccomp", SECCOMP.SET_MODE_FILTER, flag, null) === -E.EFAULT,
  });
  print(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}
