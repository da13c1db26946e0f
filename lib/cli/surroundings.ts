/** What a command line means depends on where, by whom and with which environment it is given. */

import { variable } from "../base/environment.ts";

/** The caller's surroundings; those that cost a system call are asked for when they matter. */
export interface Surroundings {
  /** `NAME=value`. */
  readonly environ: readonly string[];
  /** Effective user id. */
  readonly uid: () => number;
  /** Current directory. */
  readonly directory: () => string;
}

/** The absolute path of the state root: what --root says, else /run/runt, else, without root's rights, the user's own. */
export function stateRoot(given: string | undefined, { environ, uid, directory }: Surroundings): string {
  if (given !== undefined) return absolute(given, directory);
  const runtime = variable(environ, "XDG_RUNTIME_DIR");
  return runtime !== undefined && uid() !== 0 ? `${runtime}/runt` : "/run/runt";
}

/** The path from the root directory on. */
export function absolute(path: string, directory: () => string): string {
  return path.startsWith("/") ? path : `${directory()}/${path}`;
}
