/** What depends on the version of the specification that a config.json is written for. */
import type { OciConfig } from "./schema.ts";

/**
 * Makes of a config of an older version what it means today. Before 1.3.0 no word was lost on a `pids.limit` of 0; it stands for a
 * limit that is not set, as in all of that time's engines and runtimes: Podman 4 writes it for none.
 */
export function modernize(config: OciConfig): void {
  const pids = config.linux?.resources?.pids;
  if (pids?.limit === 0 && minorOf(config.ociVersion) < 3) pids.limit = -1;
}

/** The second number of a version by SemVer. */
function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}
