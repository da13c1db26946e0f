/** Kernel parameters of the container's namespaces, written through a procfs of our own that nothing in the image can cover. */
import { utf8Length } from "../base/utf8.ts";
import { O, OPEN_HOW_SIZE_VER0, RESOLVE } from "../linux/fcntl.ts";
import { FSCONFIG, FSMOUNT, FSOPEN, MOUNT_ATTR } from "../linux/mount.ts";
import { call, type Slot, type Step, slot, words } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";

/** Mounts a procfs that is nowhere in the tree, of this process's own pid namespace: its descriptor goes to `procfs`. */
export function privateProcfs(procfs: Slot): Step[] {
  const context = slot("procfs context");
  const doing = "mount a private procfs";
  return [
    call(doing, "fsopen", ["proc", FSOPEN.CLOEXEC], { result: context }),
    call(doing, "fsconfig", [context, FSCONFIG.CMD_CREATE, 0, 0, 0]),
    call(doing, "fsmount", [context, FSMOUNT.CLOEXEC, MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC], {
      result: procfs,
    }),
    call(doing, "close", [context]),
  ];
}

/** Writes `linux.sysctl`; needs the namespaces the parameters belong to, and no mount of the container (CVE-2025-52881). */
export function setSysctl({ sysctl }: ContainerSpec): Step[] {
  if (sysctl.length === 0) return [];
  const procfs = slot("private procfs");
  const file = slot("sysctl");
  const how = words(O.WRONLY | O.CLOEXEC, 0, RESOLVE.BENEATH | RESOLVE.NO_XDEV | RESOLVE.NO_SYMLINKS);
  const writes = sysctl.flatMap((parameter) => {
    const doing = `set sysctl ${parameter.file} to ${JSON.stringify(parameter.value)}`;
    return [
      call(doing, "openat2", [procfs, `sys/${parameter.file}`, how, OPEN_HOW_SIZE_VER0], { result: file }),
      call(doing, "write", [file, parameter.value, utf8Length(parameter.value)]),
      call(doing, "close", [file]),
    ];
  });
  return [...privateProcfs(procfs), ...writes, call("close the private procfs", "close", [procfs])];
}
