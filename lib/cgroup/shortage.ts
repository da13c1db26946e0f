/** Whether a container has run out of the memory that its limit allows. */
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { readFileIfExists } from "../sys/file.ts";
import { directoryOf } from "./record.ts";
import { parseFields, parseNumber, UNLIMITED } from "./stat-text.ts";

/**
 * What to say when something fails because the kernel has killed in the container for its memory limit, or, where `isOut`, when
 * it has refused memory for it; undefined when it has not.
 */
export function memoryShortage(record: CgroupRecord, isOut: boolean): string | undefined {
  const v1 = directoryOf(record, "memory");
  const path = v1 ?? record.paths.unified;
  if (path === undefined) return undefined;
  const read = (file: string) => readFileIfExists(`${path}/${file}`);
  const events = parseFields(read(v1 === undefined ? "memory.events" : "memory.oom_control"));
  const killed = (events.oom_kill ?? 0n) > 0n;
  const refusals = v1 === undefined ? events.max : parseNumber(read("memory.failcnt"));
  if (!killed && !(isOut && (refusals ?? 0n) > 0n)) return undefined;
  const file = v1 === undefined ? "memory.max" : "memory.limit_in_bytes";
  const limit = parseNumber(read(file));
  const what =
    limit === undefined || limit === UNLIMITED ? `the limit of a cgroup above ${path}` : `${limit} bytes, ${file}`;
  const effect = killed ? "the kernel has killed in it" : "the kernel has given it no more";
  return `out of memory: the container's limit is ${what}, and ${effect}`;
}
