/** Which libseccomp is linked in. */
import { call } from "../sys/ffi.ts";

/** Its version, seccomp_version(3): `2.5.4`. */
export function libseccompVersion(): string {
  // struct scmp_version: three uint32.
  const version = new Uint32Array(3);
  call("memcpy", version, call("seccomp_version"), version.byteLength);
  return version.join(".");
}
