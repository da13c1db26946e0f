/** The annotations of config.json that change what runt does; `features` lists them as potentially unsafe. */
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
} as const;

/** Whether the program keeps the groups of runt's caller. */
export function keepsGroups(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return !["0", "false", "", undefined].includes(annotations?.[ANNOTATIONS.keepOriginalGroups]);
}
