/** Being told that the kernel has killed for memory: v1, cgroup-v1/memory.rst § OOM Control; v2, memory.events by inotify(7). */
import { O } from "../linux/fcntl.ts";
import { IN, IN_CLOEXEC } from "../linux/inotify.ts";
import { EPOLL_CLOEXEC } from "../linux/poll.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { must, syscall } from "../sys/ffi.ts";
import { close, type Fd, open, readFileIfExists, writeExisting } from "../sys/file.ts";
import { directoryOf } from "./record.ts";
import { killsInSlice } from "./shortage.ts";
import { parseFields } from "./stat-text.ts";

/** Watches the memory of one container. */
export interface OomWatch {
  /** Readable when there may be something new. */
  readonly fd: Fd;
  /** How often the kernel has run out of memory for it since it was asked last. */
  news(): number;
}

/** Begins to watch; undefined for a container without a memory controller. Throws SyscallError. */
export function watchOom(record: CgroupRecord): OomWatch | undefined {
  const v1 = directoryOf(record, "memory");
  if (v1 !== undefined) return watchV1(v1);
  const { unified } = record.paths;
  return unified === undefined ? undefined : watchV2(record, unified);
}

/** EFD_NONBLOCK and IN_NONBLOCK are O_NONBLOCK, as the CLOEXEC ones are O_CLOEXEC. */
const FLAGS = EPOLL_CLOEXEC | O.NONBLOCK;

function watchV1(path: string): OomWatch {
  const fd = must("eventfd2", 0, FLAGS);
  const control = open(`${path}/memory.oom_control`, O.RDONLY);
  writeExisting(`${path}/cgroup.event_control`, `${fd} ${control}`);
  close(control);
  return {
    fd,
    news() {
      const count = new BigUint64Array(1);
      if (syscall("read", fd, count, count.byteLength) < 0) return 0;
      // The removal of the cgroup is told in the same way, once.
      const removals = present(`${path}/memory.oom_control`) === undefined ? 1 : 0;
      return Math.max(Number(count[0]) - removals, 0);
    },
  };
}

function watchV2(record: CgroupRecord, path: string): OomWatch | undefined {
  const file = `${path}/memory.events`;
  if (present(file) === undefined) return undefined;
  const fd = must("inotify_init1", IN_CLOEXEC | O.NONBLOCK);
  must("inotify_add_watch", fd, file, IN.MODIFY);
  const inSlice = () => killsInSlice(record) ?? 0n;
  let known = parseFields(present(file)).oom_kill ?? 0n;
  let knownInSlice = inSlice();
  return {
    fd,
    news() {
      const changed = hasChanged(fd);
      const text = present(file);
      const before = { own: known, slice: knownInSlice };
      knownInSlice = inSlice();
      // systemd removes a scope with its last process: of a kill just before there is the notice, and the slice's count.
      if (text === undefined) return changed && knownInSlice > before.slice ? 1 : 0;
      known = parseFields(text).oom_kill ?? 0n;
      return Math.max(Number(known - before.own), 0);
    },
  };
}

/** struct inotify_event of a file: wd, mask, cookie, len 0; 4 bytes each. */
const EVENT_WORDS = 4;

/** Takes all events of a watch: whether one tells of a change, and not of the file's end alone. */
function hasChanged(fd: Fd): boolean {
  const events = new Uint32Array(1024);
  let changed = false;
  for (;;) {
    const length = syscall("read", fd, events, events.byteLength);
    if (length <= 0) return changed;
    for (let at = 1; at < length / 4; at += EVENT_WORDS) changed ||= ((events[at] as number) & IN.MODIFY) !== 0;
  }
}

function present(path: string): string | undefined {
  try {
    return readFileIfExists(path);
  } catch {
    // Removed since it was opened.
    return undefined;
  }
}
