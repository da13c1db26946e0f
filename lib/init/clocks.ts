/** Offsets of a new time namespace, time_namespaces(7): they can be written as long as no process is in it. */
import { AT, O } from "../linux/fcntl.ts";
import { CLONE } from "../linux/sched.ts";
import { call, type Step, slot } from "../program/step.ts";
import type { ContainerSpec, NamespacesSpec } from "../spec/container-spec.ts";

/** The processes to come are in the new namespace, this one is not. */
export function setClocks({ timeOffsets }: NamespacesSpec): Step[] {
  if (timeOffsets.length === 0) return [];
  const file = slot("timens_offsets");
  const doing = `set the clocks ahead: ${timeOffsets.join(", ")}`;
  const text = `${timeOffsets.join("\n")}\n`;
  return [
    call("make a time namespace", "unshare", [CLONE.NEWTIME]),
    call(doing, "openat", [AT.FDCWD, "/proc/self/timens_offsets", O.WRONLY | O.CLOEXEC, 0], { result: file }),
    call(doing, "write", [file, text, text.length]),
    call(doing, "close", [file]),
  ];
}

/** Whether the time namespace is to belong to a user namespace that init is the first in: then it can only be made there. */
export function isSetByInit({ namespaces: { create, timeOffsets } }: Pick<ContainerSpec, "namespaces">): boolean {
  return (create & CLONE.NEWUSER) !== 0 && timeOffsets.length > 0;
}

/** The same for init, which goes into the namespace itself. Its files in /proc must still be its own: before it takes other ids. */
export function enterClocks(spec: Pick<ContainerSpec, "namespaces">): Step[] {
  if (!isSetByInit(spec)) return [];
  const namespace = slot("time namespace");
  const doing = "enter the time namespace";
  return [
    ...setClocks(spec.namespaces),
    call(doing, "openat", [AT.FDCWD, "/proc/self/ns/time_for_children", O.RDONLY | O.CLOEXEC, 0], {
      result: namespace,
    }),
    call(doing, "setns", [namespace, CLONE.NEWTIME]),
    call(doing, "close", [namespace]),
  ];
}
