/** How a container is to be made, as far as its configuration does not say it. */
import type { Warn } from "./destroy.ts";

/** What `create` and `run` are asked for; paths are absolute. */
export interface CreateOptions {
  readonly root: string;
  readonly id: string;
  readonly bundle: string;
  /** Another file than the bundle's config.json. */
  readonly config: string | undefined;
  readonly consoleSocket: string | undefined;
  readonly pidFile: string | undefined;
  /** Gets the pidfd of the container's first process. */
  readonly pidfdSocket: string | undefined;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
  readonly preserveFds: number;
  /** "disabled": the container stays in the runtime's own cgroup. */
  readonly cgroupManager: "cgroupfs" | "systemd" | "disabled";
  /** Whether the runtime lacks the rights of the host's root; "auto": as it seems. */
  readonly rootless: "auto" | "true" | "false";
  readonly warn: Warn;
}
