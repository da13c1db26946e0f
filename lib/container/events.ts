/** `events`: what a container uses, again and again, and when the kernel kills in it for memory, until it ends. */
import { RuntimeError } from "../base/errors.ts";
import { type OomWatch, watchOom } from "../cgroup/oom.ts";
import type { Stats } from "../cgroup/stat-files.ts";
import { parseInterfaces } from "../cgroup/stat-text.ts";
import { cgroupStats } from "../cgroup/stats.ts";
import { POLL } from "../linux/poll.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import type { ContainerRecord } from "../state/record.ts";
import { isAlive } from "../state/status.ts";
import { readRecord } from "../state/store.ts";
import { type Fd, readFileIfExists } from "../sys/file.ts";
import { poll, rearm, timer, waitReadable } from "../sys/poll.ts";
import { pidfdOpen } from "../sys/process.ts";

/** One event, in runc's shape. */
export interface ContainerEvent {
  readonly type: "stats" | "oom";
  readonly id: string;
  readonly data?: Stats;
}

/** Tells an event. */
export type Tell = (event: ContainerEvent) => void;

/** A container that has a process and a cgroup. */
interface Subject {
  readonly id: string;
  readonly pid: number;
  readonly pidfd: Fd;
  readonly cgroup: CgroupRecord;
}

/** Tells the statistics once. @throws RuntimeError "container with id … is not running" */
export function tellStats(root: string, id: string, tell: Tell): void {
  tell(stats(subjectOf(root, id)));
}

/**
 * Tells the statistics every `interval` milliseconds, and each out-of-memory kill when it happens. Returns when the container's
 * first process has ended.
 * @throws RuntimeError "container with id … is not running"
 */
export function tellEvents(root: string, id: string, interval: number, tell: Tell): void {
  const subject = subjectOf(root, id);
  const oom = watchOom(subject.cgroup);
  const clock = timer(interval);
  const interests = [subject.pidfd, clock, ...(oom === undefined ? [] : [oom.fd])].map((fd) => [fd, POLL.IN] as const);
  for (;;) {
    const ready = poll(interests);
    // Also when the container has ended: that may be why.
    if (oom !== undefined) tellKills(oom, subject.id, tell);
    if (ready(subject.pidfd)) return;
    if (!ready(clock)) continue;
    rearm(clock);
    const now = statsIfAlive(subject);
    if (now !== undefined) tell(now);
  }
}

/** What a container uses; undefined when it has ended meanwhile, and its cgroup may be gone. */
function statsIfAlive(subject: Subject): ContainerEvent | undefined {
  try {
    return stats(subject);
  } catch (error) {
    if (waitReadable(subject.pidfd, 0)) return undefined;
    throw error;
  }
}

function tellKills(oom: OomWatch, id: string, tell: Tell): void {
  for (let kills = oom.news(); kills > 0; kills--) tell({ type: "oom", id });
}

function subjectOf(root: string, id: string): Subject {
  const record: ContainerRecord | undefined = readRecord(root, id);
  const pid = record?.process?.pid;
  const pidfd = pid === undefined ? undefined : pidfdOpen(pid);
  // Asked again, since the pid may have become another process's before there was a pidfd.
  if (record === undefined || pid === undefined || pidfd === undefined || !isAlive(record)) {
    throw new RuntimeError(`container with id ${id} is not running`);
  }
  if (record.cgroup === undefined) {
    throw new RuntimeError("the container was made without a cgroup: what it uses is not counted");
  }
  return { id, pid, pidfd, cgroup: record.cgroup };
}

function stats({ id, pid, cgroup }: Subject): ContainerEvent {
  const interfaces = parseInterfaces(readFileIfExists(`/proc/${pid}/net/dev`));
  return { type: "stats", id, data: { ...cgroupStats(cgroup), intel_rdt: {}, network_interfaces: interfaces } };
}
