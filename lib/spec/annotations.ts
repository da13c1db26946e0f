/** The annotations of config.json that change what runt does; `features` lists them as potentially unsafe. */
import { RuntimeError } from "../base/errors.ts";

export const ANNOTATIONS = {
  /** What `kill` sends when it is told no signal. */
  stopSignal: "org.opencontainers.image.stopSignal",
  /** And what follows: a property of the container's unit. */
  systemdProperty: "org.systemd.property.",
  /** The program keeps the supplementary groups of runt's caller, in place of additionalGids. */
  keepOriginalGroups: "run.oci.keep_original_groups",
  /** Files that what hooks print is added to. */
  hooksStdout: "run.oci.hooks.stdout",
  hooksStderr: "run.oci.hooks.stderr",
  /** A socket that gets the container's pidfd. */
  pidfdReceiver: "run.oci.pidfd_receiver",
  /** A socket that gets the listener of the seccomp filter, where linux.seccomp.listenerPath names none. */
  seccompReceiver: "run.oci.seccomp.receiver",
  /** Refused. */
  seccompPlugins: "run.oci.seccomp.plugins",
  /** Unknown system calls in linux.seccomp are an error. */
  seccompFailUnknown: "run.oci.seccomp_fail_unknown_syscall",
  /** A compiled filter in base64, in place of linux.seccomp. */
  seccompRawFilter: "run.oci.seccomp_bpf_data",
  /** The option of mount(8) that carries linux.mountLabel. */
  mountContextType: "run.oci.mount_context_type",
  /** Lines for /proc/PID/timens_offsets, from before there was linux.timeOffsets. */
  timeOffsets: "run.oci.timens_offset",
  /** Refused, see REFUSED. */
  handler: "run.oci.handler",
  delegateCgroup: "run.oci.delegate-cgroup",
  systemdSubgroup: "run.oci.systemd.subgroup",
  systemdOnV1: "run.oci.systemd.force_cgroup_v1",
} as const;

/** Annotations of crun's that ask for what runt has not, each with the reason: to leave them out in silence would make another container. */
const REFUSED: readonly (readonly [name: string, reason: string])[] = [
  [ANNOTATIONS.handler, "runt starts programs of Linux: no virtual machines, no WebAssembly"],
  [
    ANNOTATIONS.delegateCgroup,
    "a cgroup is the container's own when it has a cgroup namespace and a mount of type cgroup that is not ro",
  ],
  [ANNOTATIONS.systemdSubgroup, "runt makes no cgroup below the scope: the empty value says so"],
  [ANNOTATIONS.systemdOnV1, "runt mounts no hierarchy of cgroup v1 on a host of cgroup v2: mounts may name one"],
];

/** @throws RuntimeError for the first annotation that asks for what runt has not */
export function refuseAnnotations(annotations: Readonly<Record<string, string>> | undefined): void {
  if (annotations === undefined) return;
  for (const [name, reason] of REFUSED) {
    const value = annotations[name];
    if (value) throw new RuntimeError(`annotation ${name} must be empty: it is ${JSON.stringify(value)}: ${reason}`);
  }
}

/** Whether the program keeps the groups of runt's caller. */
export function keepsGroups(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return !["0", "false", "", undefined].includes(annotations?.[ANNOTATIONS.keepOriginalGroups]);
}
