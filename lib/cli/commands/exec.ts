/** `runt exec`. */
import { StatusError } from "../../base/errors.ts";
import { execInContainer } from "../../container/exec.ts";
import type { Arguments, Globals } from "../arguments.ts";

/** What engines expect of an exec that has not come to run the program; 1 could be the program's own. */
const FAILED = 255;

export function run(args: Arguments<"exec">, { root, warn }: Globals): number {
  try {
    return execInContainer({
      root,
      id: args["container-id"],
      flags: {
        args: args.args,
        cwd: args.cwd,
        env: args.env,
        terminal: args.tty,
        user: args.user,
        additionalGids: args["additional-gids"],
        capabilities: args.cap,
        noNewPrivileges: args["no-new-privs"],
        apparmorProfile: args.apparmor,
        selinuxLabel: args["process-label"],
      },
      // An empty one is as good as none.
      processFile: args.process || undefined,
      detach: args.detach,
      consoleSocket: args["console-socket"] || undefined,
      pidFile: args["pid-file"] || undefined,
      pidfdSocket: args["pidfd-socket"] || undefined,
      preserveFds: args["preserve-fds"],
      cgroups: args.cgroup,
      ignorePaused: args["ignore-paused"],
      warn,
    });
  } catch (cause) {
    throw new StatusError("exec failed", FAILED, { cause });
  }
}
