/** Failures by no fault of a runtime's: programs by name, with the reason. Each was looked into: docs/conformance.md. */

const NO_CONTROLLER =
  "the machine has no such controller in a hierarchy of cgroup v1, and an error is what the specification wants";
const ADDRESSES = "the suite compares the addresses of two numbers, not the numbers";
const KMEM = "the kernel takes a limit of kernel memory and ignores it, as it is not recommended any more";
const LEAF_WEIGHT = "the kernel has no blkio.leaf_weight any more, and an error is what the specification wants";

export const KNOWN: Readonly<Record<string, string>> = {
  delete: "engines rely on it that a created container is deleted; what the suite asks of a running one holds",
  delete_resources: ADDRESSES,
  hooks: "the suite expects a text that its own hooks do not write",
  killsig: "the suite sends the signal as soon as the container runs, whether its shell has set the trap or not",
  linux_cgroups_blkio: LEAF_WEIGHT,
  linux_cgroups_hugetlb: NO_CONTROLLER,
  linux_cgroups_memory: KMEM,
  linux_cgroups_network: NO_CONTROLLER,
  linux_cgroups_pids: ADDRESSES,
  linux_cgroups_relative_blkio: LEAF_WEIGHT,
  linux_cgroups_relative_hugetlb: NO_CONTROLLER,
  linux_cgroups_relative_memory: KMEM,
  linux_cgroups_relative_network: NO_CONTROLLER,
  linux_cgroups_relative_pids: ADDRESSES,
  linux_mount_label:
    "the machine has no SELinux, and an error is what the specification wants for a label that can't be had",
  linux_process_apparmor_profile:
    "the machine has no AppArmor, and an error is what the specification wants for a profile that can't be had",
  misc_props: "the suite runs a program that it has not put into the container, in one of three cases",
  pidfile: "the suite wants to kill a container of `true`, which has ended, unless the machine is slow",
  poststart:
    "the suite wants the program's line before the hook's, though the program, once executed, may take its time; runc runs the hooks at create",
  poststart_fail: "the suite wants a warning: since 1.3, the specification wants an error",
  prestart: "the suite wants prestart hooks to be run by start: since 1.1, the specification wants it of create",
  process_capabilities: "the machine itself does not have all capabilities: CAP_SYS_RESOURCE",
  process_capabilities_fail:
    "the suite wants an error for an unknown capability: since 1.1, the specification wants a warning",
  process_rlimits:
    "the suite's program in the container is of Go, which raises the soft limit of open files as it begins",
  start: "the suite wants `start` of a container without process to succeed: the specification wants an error",
};
