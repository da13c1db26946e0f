import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { type Stats, statFiles } from "./stat-files.ts";
import { statsV1 } from "./stats-v1.ts";
import { statsV2 } from "./stats-v2.ts";

/** The container's statistics. Files that are gone, or that this kernel has not, are left out. */
export function cgroupStats(record: CgroupRecord): Stats {
  return (record.version === 2 ? statsV2 : statsV1)(statFiles(record));
}
