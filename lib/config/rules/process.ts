/** Rules of config.md, Process; they hold for the file of `exec --process` too. */
import { parseList } from "../list.ts";
import { itIs, type Report, type Rule } from "../rule.ts";
import type { Process } from "../schema.ts";
import { needId } from "./ids.ts";

export const PROCESS_RULES: readonly Rule<Process>[] = [
  { reads: ["/user"], check: ids },
  { reads: ["/terminal", "/consoleSize"], check: consoleSize },
  { reads: ["/rlimits"], check: rlimits },
  { reads: ["/scheduler"], check: scheduler },
  { reads: ["/execCPUAffinity"], check: execCPUAffinity },
];

function ids({ user }: Process, report: Report): void {
  if (user === undefined) return;
  needId(user.uid, "/user/uid", report);
  needId(user.gid, "/user/gid", report);
  const gids = user.additionalGids ?? [];
  for (let i = 0; i < gids.length; i++) needId(gids[i], `/user/additionalGids/${i}`, report);
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
