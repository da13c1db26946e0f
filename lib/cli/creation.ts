/** What `create` and `run` have in common on the command line. */
import { interruptionOf, StatusError } from "../base/errors.ts";
import type { CreateOptions } from "../container/create-options.ts";
import { cwd } from "../sys/file.ts";
import type { Arguments, Globals } from "./arguments.ts";
import { absolute } from "./surroundings.ts";

/** The options of a new container in the words of `container/`. */
export function creation(args: Arguments<"create">, globals: Globals): CreateOptions {
  // Absolute, since creating a container begins with entering its bundle.
  // An empty one is as good as none: scripts give it for a variable that is not set.
  const path = (given: string | undefined): string | undefined => (given ? absolute(given, cwd) : undefined);
  return {
    root: globals.root,
    id: args["container-id"],
    bundle: args.bundle,
    config: path(args.config),
    consoleSocket: path(args["console-socket"]),
    pidFile: path(args["pid-file"]),
    pidfdSocket: path(args["pidfd-socket"]),
    noPivot: args["no-pivot"],
    noNewKeyring: args["no-new-keyring"],
    preserveFds: args["preserve-fds"],
    cgroupManager: globals["systemd-cgroup"] ? "systemd" : globals["cgroup-manager"],
    rootless: globals.rootless,
    warn: globals.warn,
  };
}

/** The error of a command that could not make its container: it ends as a signal would have ended it, if it was one. */
export function failed(message: string, cause: unknown): StatusError {
  const signal = interruptionOf(cause);
  return new StatusError(message, signal === undefined ? 1 : 128 + signal, { cause });
}
