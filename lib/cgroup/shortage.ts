/** Whether a container has run out of the memory that its limit allows. */
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { readFileIfExists } from "../sys/file.ts";
import { parentOf } from "./path.ts";
import { directoryOf } from "./record.ts";
import { parseFields, parseNumber, UNLIMITED } from "./stat-text.ts";

/**
 * How often the kernel has killed for memory in the slice of a scope. systemd removes a scope with its last process, and what it
 * has counted goes with it; undefined where the count stays.
 */
export function killsInSlice({ version, paths: { unified }, scope }: CgroupRecord): bigint | undefined {
  if (version === 1 || unified === undefined || scope === undefined) return undefined;
  return parseFields(readFileIfExists(`${parentOf(unified)}/memory.events`)).oom_kill ?? 0n;
}

/**
 * What to say when something fails because the kernel has killed in the container for its memory limit, or, where `isOut`, when
 * it has refused memory for it; undefined when it has not.
 * @param before killsInSlice, before there was the container, or before what has failed
 */
export function memoryShortage(record: CgroupRecord, isOut: boolean, before: bigint | undefined): string | undefined {
  const v1 = directoryOf(record, "memory");
  const path = v1 ?? record.paths.unified;
  if (path === undefined) return undefined;
  const read = (file: string) => readFileIfExists(`${path}/${file}`);
  if (before !== undefined && read("memory.events") === undefined) {
    if ((killsInSlice(record) ?? 0n) <= before) return undefined;
    return "out of memory: the container's limit, or that of its slice, is too low, and the kernel has killed in it";
  }
  const events = parseFields(read(v1 === undefined ? "memory.events" : "memory.oom_control"));
  const killed = (events.oom_kill ?? 0n) > 0n;
  const refusals = v1 === undefined ? events.max : parseNumber(read("memory.failcnt"));
  if (!killed && !(isOut && (refusals ?? 0n) > 0n)) return undefined;
  const file = v1 === undefined ? "memory.max" : "memory.limit_in_bytes";
  const text = read(file);
  const limit = parseNumber(text);
  const isAbove = limit === undefined || limit === UNLIMITED;
  const known = isAbove ? `that of a cgroup above ${path}` : `${limit} bytes, ${file}`;
  // Gone since its events were read, with its last process.
  const what = text === undefined ? "too low" : known;
  const effect = killed ? "the kernel has killed in it" : "the kernel has given it no more";
  return `out of memory: the container's limit is ${what}, and ${effect}`;
}
