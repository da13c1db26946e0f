/** A hybrid machine, cgroup v1 with a v2 mount beside it, made one of v1 alone: crun 1.8 works on nothing in between. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const UNIFIED = "/sys/fs/cgroup/unified/cgroup.procs";

/** Runs this very command again in a mount namespace without the v2 mount, and ends with it; returns where there is none. */
export function withoutUnified(): void {
  if (!existsSync(UNIFIED)) return;
  const hide = 'umount /sys/fs/cgroup/unified && exec "$@"';
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const args = ["--mount", "--propagation", "private", "--", "sh", "-c", hide, "sh", ...command];
  process.exit(spawnSync("unshare", args, { stdio: "inherit" }).status ?? 1);
}
