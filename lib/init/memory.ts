/**
 * Who counts the container's memory on cgroup v1 need not count what it takes to make a container: namespaces, mounts and the
 * program that makes them are half a megabyte, which would be taken from the limit of the user's program.
 */
import { CLONE } from "../linux/sched.ts";
import { call, type Step } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { CgroupEntry } from "./handles.ts";

/**
 * Whether init may join the hierarchy as the last thing it does: when nothing but its own steps runs before, and no cgroup namespace
 * is made, whose root is where its maker is.
 */
export function mayBeCountedLate({ hooks, namespaces }: ContainerSpec): boolean {
  const { prestart, createRuntime, createContainer } = hooks;
  const noHooks = prestart.length + createRuntime.length + createContainer.length === 0;
  return noHooks && (namespaces.create & CLONE.NEWCGROUP) === 0;
}

/**
 * Joins the hierarchy by its open `tasks`: whoever writes needs no rights, they were asked for when it was opened. Nothing that takes
 * memory may follow before `start`, not even a message: the kernel counts 64 pages when it is to count one.
 */
export function joinMemory({ memory }: CgroupEntry): Step[] {
  const doing = "be counted by the memory cgroup";
  if (memory === undefined) return [];
  return [call(doing, "write", [memory, "0", 1]), call(doing, "close", [memory])];
}
