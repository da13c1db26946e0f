/** Rules of config.md, Process; they hold for the file of `exec --process` too. */
import { parseList } from "../list.ts";
import { itIs, type Report, type Rule } from "../rule.ts";
import type { Process } from "../schema.ts";

export const PROCESS_RULES: readonly Rule<Process>[] = [
  { reads: ["/user"], check: ids },
  { reads: ["/terminal", "/consoleSize"], check: consoleSize },
  { reads: ["/rlimits"], check: rlimits },
  { reads: ["/scheduler"], check: scheduler },
  { reads: ["/execCPUAffinity"], check: execCPUAffinity },
];

/** To setresuid(2) and its kin, "leave as it is": the process would stay root. */
const UNCHANGED = 0xffff_ffff;
const BELOW_UNCHANGED = "be below 4294967295, which stands for no id";

function ids({ user }: Process, report: Report): void {
  if (user === undefined) return;
  if (user.uid === UNCHANGED) report("/user/uid", BELOW_UNCHANGED, itIs(user.uid));
  if (user.gid === UNCHANGED) report("/user/gid", BELOW_UNCHANGED, itIs(user.gid));
  const gids = user.additionalGids ?? [];
  for (let i = 0; i < gids.length; i++) {
    if (gids[i] === UNCHANGED) report(`/user/additionalGids/${i}`, BELOW_UNCHANGED, itIs(gids[i]));
  }
}

/** Of struct winsize, ioctl_tty(2). */
const LARGEST_SIDE = 0xffff;

function consoleSize({ terminal, consoleSize: size }: Process, report: Report): void {
  // Without a terminal the spec has it ignored.
  if (terminal !== true || size === undefined) return;
  const expected = `be at most ${LARGEST_SIDE}`;
  if (size.height > LARGEST_SIDE) report("/consoleSize/height", expected, itIs(size.height));
  if (size.width > LARGEST_SIDE) report("/consoleSize/width", expected, itIs(size.width));
}

function rlimits({ rlimits: limits = [] }: Process, report: Report): void {
  const seen = new Map<string, number>();
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i];
    if (limit === undefined) continue;
    const { type, soft, hard } = limit;
    const before = seen.get(type);
    if (before === undefined) seen.set(type, i);
    else report(`/rlimits/${i}/type`, "be limited once", `entry ${before} limits ${type} already`);
    if (soft > hard) report(`/rlimits/${i}/soft`, `be at most the hard limit, ${hard}`, itIs(soft));
  }
}

const REAL_TIME: readonly string[] = ["SCHED_FIFO", "SCHED_RR"];
/** In nanoseconds, sched(7). */
const SHORTEST_RUNTIME = 1024;

function scheduler({ scheduler: attributes }: Process, report: Report): void {
  if (attributes === undefined) return;
  const { policy, nice = 0, priority = 0, runtime = 0, deadline = 0, period = 0 } = attributes;
  if (nice < -20 || nice > 19) report("/scheduler/nice", "be from -20 to 19", itIs(nice));
  if (REAL_TIME.includes(policy)) {
    if (priority < 1 || priority > 99) {
      report("/scheduler/priority", `be from 1 to 99 with ${policy}`, itIs(attributes.priority));
    }
  } else if (priority !== 0) {
    report("/scheduler/priority", `be 0 or absent with ${policy}`, itIs(priority));
  }
  if (policy !== "SCHED_DEADLINE") {
    for (const [name, value] of Object.entries({ runtime, deadline, period })) {
      if (value !== 0) report(`/scheduler/${name}`, `be 0 or absent with ${policy}`, itIs(value));
    }
    return;
  }
  if (runtime < SHORTEST_RUNTIME) {
    report("/scheduler/runtime", `be at least ${SHORTEST_RUNTIME} with ${policy}`, itIs(attributes.runtime));
  }
  if (deadline < runtime || deadline === 0) {
    report("/scheduler/deadline", `be at least the runtime, ${runtime}`, itIs(attributes.deadline));
  }
  // The kernel takes a period of 0 as the deadline.
  if (period !== 0 && period < deadline) {
    report("/scheduler/period", `be at least the deadline, ${deadline}`, itIs(period));
  }
}

function execCPUAffinity({ execCPUAffinity: affinity }: Process, report: Report): void {
  if (affinity === undefined) return;
  const { initial, final } = affinity;
  if (initial && parseList(initial) === undefined) {
    report("/execCPUAffinity/initial", "be a list of CPUs such as 0-3,7", itIs(initial));
  }
  if (final && parseList(final) === undefined) {
    report("/execCPUAffinity/final", "be a list of CPUs such as 0-3,7", itIs(final));
  }
}
