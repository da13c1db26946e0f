/** When a process runs, on which CPUs, and what it takes for its memory: attributes that execve(2) leaves as they are. */
import { E } from "../linux/errno.ts";
import { IOPRIO_WHO, SCHED_ATTR } from "../linux/sched.ts";
import { type Call, call, type Step } from "../program/step.ts";
import type { ContainerSpec, ProcessSpec } from "../spec/container-spec.ts";
import type { SchedulerSpec } from "../spec/scheduling.ts";

/** As many CPUs as any kernel can be built for: it ignores those that it has no room for. */
const ALL_CPUS = new Uint8Array(1024).fill(0xff);

/**
 * All CPUs that the cgroup allows, whatever the runtime itself was bound to: to be done by a process that is in its cgroup.
 * Kernels from 6.2 on remember what sched_setaffinity(2) asked for, and do not forget it when a process changes its cpuset.
 */
export const RESET_AFFINITY: Call = call(
  "allow all CPUs of the cgroup",
  "sched_setaffinity",
  [0, ALL_CPUS.length, ALL_CPUS],
  { tolerate: [E.EINVAL, E.EPERM, E.ENOSYS] },
);

/** `execCPUAffinity.initial`, of a process on its way into a container, before it enters the cgroup. */
export function initialAffinity({ execCPUAffinity }: ProcessSpec): Step[] {
  const mask = execCPUAffinity?.initial;
  return mask === undefined ? [] : [bind("execCPUAffinity.initial", mask)];
}

/** `execCPUAffinity.final`, in the cgroup. Without it, but with an initial one, the kernel decides: it is left alone. */
export function finalAffinity({ execCPUAffinity }: ProcessSpec): Step[] {
  const mask = execCPUAffinity?.final;
  if (mask !== undefined) return [bind("execCPUAffinity.final", mask)];
  return execCPUAffinity?.initial === undefined ? [RESET_AFFINITY] : [];
}

function bind(what: string, mask: Uint8Array): Step {
  return call(`bind the process to the CPUs of ${what}`, "sched_setaffinity", [0, mask.length, mask]);
}

/** Policy and priorities of the process; needs CAP_SYS_NICE for most of what one would set. */
export function schedule({ scheduler, ioPriority }: ProcessSpec): Step[] {
  const steps: Step[] = [];
  if (scheduler !== undefined) {
    steps.push(call(`set the scheduling policy ${scheduler.name}`, "sched_setattr", [0, attributes(scheduler), 0]));
  }
  if (ioPriority !== undefined) {
    steps.push(call("set the I/O priority", "ioprio_set", [IOPRIO_WHO.PROCESS, 0, ioPriority]));
  }
  return steps;
}

/** struct sched_attr. */
export function attributes({ policy, flags, nice, priority, runtime, deadline, period }: SchedulerSpec): Uint8Array {
  const size = SCHED_ATTR.reduce((sum, [, width]) => sum + width, 0);
  const view = new DataView(new ArrayBuffer(size));
  const values = [size, policy, flags, nice, priority, runtime, deadline, period, 0, 0];
  let at = 0;
  SCHED_ATTR.forEach(([, width], index) => {
    const value = values[index] as number | bigint;
    if (width === 8) view.setBigUint64(at, BigInt(value), true);
    else view.setInt32(at, Number(value), true);
    at += width;
  });
  return new Uint8Array(view.buffer);
}

/** `linux.memoryPolicy` and `linux.personality`. */
export function setPolicies({
  memoryPolicy,
  personality,
}: Pick<ContainerSpec, "memoryPolicy" | "personality">): Step[] {
  const steps: Step[] = [];
  if (memoryPolicy !== undefined) {
    const { name, mode, nodes } = memoryPolicy;
    // The kernel reads one bit less than it is told: the last word would be cut short.
    const size = nodes === undefined ? 0 : nodes.length * 8 + 1;
    steps.push(call(`set the memory policy ${name}`, "set_mempolicy", [mode, nodes ?? 0, size]));
  }
  if (personality !== undefined) steps.push(call("set the execution domain", "personality", [personality]));
  return steps;
}
