/** What a host's cgroups can carry, asked of the directories that a container has or is to have in them. */

import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { controllersOf } from "./controllers.ts";
import type { Carriers } from "./plan.ts";
import { directoryOf } from "./record.ts";
import { isRootless } from "./rootless.ts";

/** @param listing the directory whose list of controllers counts for the cgroup `path` of v2 */
export function carriersOf(
  record: CgroupRecord,
  listing: (path: string) => string,
  rootless: () => boolean = isRootless,
): Carriers {
  return {
    version: record.version,
    mounted: (name) => directoryOf(record, name) !== undefined,
    unified: () => (record.paths.unified === undefined ? [] : controllersOf(listing(record.paths.unified))),
    rootless,
  };
}
