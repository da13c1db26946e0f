/** When and where a process runs: `scheduler`, `ioPriority` and `execCPUAffinity` of config.md, Process. */
import { bitmap, parseList, type Ranges } from "../config/list.ts";
import type { Process } from "../config/schema.ts";
import { IOPRIO_CLASS, SCHED, SCHED_FLAG } from "../linux/sched.ts";

/** The fields of struct sched_attr, sched_setattr(2), that config.json sets. */
export interface SchedulerSpec {
  /** Its name in config.json, `SCHED_FIFO`. */
  readonly name: string;
  readonly policy: number;
  /** SCHED_FLAG_*. */
  readonly flags: number;
  readonly nice: number;
  readonly priority: number;
  readonly runtime: bigint;
  readonly deadline: bigint;
  readonly period: bigint;
}

/** Bitmaps of CPUs; undefined: as they are. */
export interface CPUAffinitySpec {
  /** Before the process enters the container's cgroup. */
  readonly initial: Uint8Array | undefined;
  /** Afterwards. */
  readonly final: Uint8Array | undefined;
}

/** SCHED_ISO is a name of the spec's that kernels only reserve a number for: they refuse it. */
const POLICIES: Readonly<Record<NonNullable<Process["scheduler"]>["policy"], number>> = {
  SCHED_OTHER: SCHED.OTHER,
  SCHED_FIFO: SCHED.FIFO,
  SCHED_RR: SCHED.RR,
  SCHED_BATCH: SCHED.BATCH,
  SCHED_ISO: 4,
  SCHED_IDLE: SCHED.IDLE,
  SCHED_DEADLINE: SCHED.DEADLINE,
};

const PREFIX = { flag: "SCHED_FLAG_", ioClass: "IOPRIO_CLASS_" };

/** The attributes for sched_setattr(2); what is not set is 0. */
export function schedulerSpec({ scheduler }: Process): SchedulerSpec | undefined {
  if (scheduler === undefined) return undefined;
  const { policy, nice = 0, priority = 0, flags = [], runtime = 0, deadline = 0, period = 0 } = scheduler;
  const bits = flags.map((flag) => SCHED_FLAG[flag.slice(PREFIX.flag.length) as keyof typeof SCHED_FLAG]);
  return {
    name: policy,
    policy: POLICIES[policy],
    flags: bits.reduce((all, bit) => all | bit, 0),
    nice,
    priority,
    runtime: BigInt(runtime),
    deadline: BigInt(deadline),
    period: BigInt(period),
  };
}

/** Class and level as one number, ioprio_set(2). */
export function ioPrioritySpec({ ioPriority }: Process): number | undefined {
  if (ioPriority === undefined) return undefined;
  const ioClass = IOPRIO_CLASS[ioPriority.class.slice(PREFIX.ioClass.length) as keyof typeof IOPRIO_CLASS];
  return (ioClass << 13) | ioPriority.priority;
}

/** The CPUs of a process that `exec` brings in. */
export function cpuAffinitySpec({ execCPUAffinity }: Process): CPUAffinitySpec | undefined {
  if (execCPUAffinity === undefined) return undefined;
  const { initial, final } = execCPUAffinity;
  return { initial: initial ? cpus(initial) : undefined, final: final ? cpus(final) : undefined };
}

/** The rules of config/ see to it that it is a list. */
function cpus(list: string): Uint8Array {
  return bitmap(parseList(list) as Ranges);
}
