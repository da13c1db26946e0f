/** Being told that the kernel has killed for memory: v1, cgroup-v1/memory.rst § OOM Control; v2, memory.events by inotify(7). */
import { O } from "../linux/fcntl.ts";
import { IN, IN_CLOEXEC } from "../linux/inotify.ts";
import { EPOLL_CLOEXEC } from "../linux/poll.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { must, syscall } from "../sys/ffi.ts";
import { close, type Fd, open, readFileIfExists, writeExisting } from "../sys/file.ts";
import { directoryOf } from "./record.ts";
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
  return unified === undefined ? undefined : watchV2(unified);
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

function watchV2(path: string): OomWatch | undefined {
  const file = `${path}/memory.events`;
  if (present(file) === undefined) return undefined;
  const fd = must("inotify_init1", IN_CLOEXEC | O.NONBLOCK);
  must("inotify_add_watch", fd, file, IN.MODIFY);
  const kills = (): bigint => parseFields(present(file)).oom_kill ?? 0n;
  let known = kills();
  return {
    fd,
    news() {
      const events = new Uint8Array(4096);
      while (syscall("read", fd, events, events.length) > 0);
      const now = kills();
      const fresh = now > known ? Number(now - known) : 0;
      known = now > known ? now : known;
      return fresh;
    },
  };
}

function present(path: string): string | undefined {
  try {
    return readFileIfExists(path);
  } catch {
    // Removed since it was opened.
    return undefined;
  }
}
