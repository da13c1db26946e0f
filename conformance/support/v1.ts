/** A hybrid machine, cgroup v1 with a v2 mount beside it, made one of v1 alone: crun 1.8 works on nothing in between. */
import { spawnSync } from "node:child_process";
import { hierarchies } from "../../test/support/host.ts";

const UNIFIED = "/sys/fs/cgroup/unified";

/**
 * The shell's words, for a mount namespace of its own. That crun makes directories where v2 was, and files in them: the tmpfs takes
 * them, and goes with the namespace.
 */
export const HIDE_UNIFIED = `umount ${UNIFIED} && mount -t tmpfs tmpfs ${UNIFIED}`;

/** Runs this very command again in a mount namespace without the v2 mount, and ends with it; returns where there is none. */
export function withoutUnified(): void {
  if (!hierarchies().some(({ version, path }) => version === 2 && path === UNIFIED)) return;
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const args = [
    "--mount",
    "--propagation",
    "private",
    "--",
    "sh",
    "-c",
    `${HIDE_UNIFIED} && exec "$@"`,
    "sh",
    ...command,
  ];
  process.exit(spawnSync("unshare", args, { stdio: "inherit" }).status ?? 1);
}
