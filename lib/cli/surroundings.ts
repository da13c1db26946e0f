/** What a command line means depends on where, by whom and with which environment it is given. */

/** The caller's surroundings; those that cost a system call are asked for when they matter. */
export interface Surroundings {
  /** The value of an environment variable that is not empty. */
  readonly variable: (name: string) => string | undefined;
  /** Effective user id. */
  readonly uid: () => number;
  /** Whether the runtime is not the host's root, even if its user id is 0. */
  readonly rootless: () => boolean;
  readonly isDirectory: (path: string) => boolean;
  /** Current directory. */
  readonly directory: () => string;
}

/**
 * The absolute path of the state root: what --root says, else /run/runt, else, without the rights of the host's root, the user's own
 * directory: root in a user namespace has them not, and has the environment of the user who made it.
 */
export function stateRoot(given: string | undefined, surroundings: Surroundings): string {
  const { variable, uid, rootless, directory, isDirectory } = surroundings;
  if (given !== undefined) return absolute(given, directory);
  const runtime = variable("XDG_RUNTIME_DIR");
  if (runtime !== undefined) return uid() !== 0 || rootless() ? `${runtime}/runt` : HOST_ROOT;
  const usual = uid() === 0 ? undefined : `/run/user/${uid()}`;
  return usual !== undefined && isDirectory(usual) ? `${usual}/runt` : HOST_ROOT;
}

const HOST_ROOT = "/run/runt";

/** The path from the root directory on. */
export function absolute(path: string, directory: () => string): string {
  return path.startsWith("/") ? path : `${directory()}/${path}`;
}
