/** The files of a container's cgroup that tell what it uses. */
import { O } from "../linux/fcntl.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { close, openIfExists, readdir, readFileIfExists } from "../sys/file.ts";
import { directoryOf } from "./record.ts";

/** The files of a container's cgroup, as far as they are there. */
export interface StatFiles {
  /** Whether the container has a cgroup in the hierarchy of v1 controller `controller`. */
  has(controller: string): boolean;
  /** The text of a file in the hierarchy of v1 controller `controller`, or in `unified`. */
  read(controller: string, file: string): string | undefined;
  /** The names of all files there. */
  list(controller: string): readonly string[];
}

/**
 * What a container uses, in the shape of runc's events, which tools read: libcontainer's Stats, with memory.events added.
 * Plain data; numbers that may be beyond 2^53 are bigint.
 */
export type Stats = Readonly<Record<string, unknown>>;

/** The files as they are at each moment. */
export function statFiles(record: CgroupRecord): StatFiles {
  return {
    has: (controller) => directoryOf(record, controller) !== undefined,
    read(controller, file) {
      const directory = directoryOf(record, controller);
      return directory === undefined ? undefined : readPresent(`${directory}/${file}`);
    },
    list(controller) {
      const directory = directoryOf(record, controller);
      return directory === undefined ? [] : namesIn(directory);
    },
  };
}

/** The cgroup may be removed at any moment, and some files answer EOPNOTSUPP where the kernel does not account. */
function readPresent(path: string): string | undefined {
  try {
    return readFileIfExists(path);
  } catch {
    return undefined;
  }
}

function namesIn(path: string): string[] {
  const directory = openIfExists(path, O.RDONLY | O.DIRECTORY);
  if (directory === undefined) return [];
  try {
    return readdir(directory).map(({ name }) => name);
  } finally {
    close(directory);
  }
}
