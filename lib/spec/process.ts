/** The `process` of config.md: what execve(2) gets, with which identity, rights and limits. */
import type { Process } from "../config/schema.ts";
import { RLIMITS } from "../linux/rlimits.ts";
import { capabilitiesSpec, type Halves } from "./capabilities.ts";
import type { ProcessSpec } from "./container-spec.ts";
import { variablesOf } from "./environment.ts";
import { type LsmHost, labelsSpec } from "./labels.ts";
import { NOTIFY_SOCKET, NOTIFY_VARIABLE } from "./notify.ts";
import { cpuAffinitySpec, ioPrioritySpec, schedulerSpec } from "./scheduling.ts";

/** The umask when config.json gives none. */
const DEFAULT_UMASK = 0o022;

/** What the caller of runt and its host add to config.json. */
export interface ProcessOptions {
  /** `--preserve-fds`. */
  readonly preserveFds: number;
  /** How many descriptors the caller passes by LISTEN_FDS, sd_listen_fds(3): they come before those of `--preserve-fds`. */
  readonly listenFds: number;
  /** It has a socket for sd_notify(3). */
  readonly notifies: boolean;
  readonly lsm: LsmHost;
  /** Their names, separated by colons. */
  readonly listenNames: string | undefined;
  /** The groups of runt's caller are kept. */
  readonly keepGroups: boolean;
  /** What capabilities runt can give; undefined: any, those of a user namespace. */
  readonly grantable: Halves | undefined;
  /** The home directory of a user id in the container, asked when `env` has no HOME. */
  readonly homeOf: (uid: number) => string;
  readonly warn: (message: string) => void;
}

/** The process to run. */
export function processSpec(process: Process, options: ProcessOptions): ProcessSpec {
  const { user, consoleSize } = process;
  const uid = user?.uid ?? 0;
  return {
    terminal: process.terminal ?? false,
    // The spec: consoleSize means nothing without a terminal.
    consoleSize: process.terminal && consoleSize ? { height: consoleSize.height, width: consoleSize.width } : undefined,
    args: process.args ?? [],
    env: environment(process.env ?? [], uid, options),
    cwd: process.cwd,
    uid,
    gid: user?.gid ?? 0,
    additionalGids: options.keepGroups ? undefined : (user?.additionalGids ?? []),
    umask: user?.umask ?? DEFAULT_UMASK,
    capabilities: capabilitiesSpec(process.capabilities, options.grantable, options.warn),
    rlimits: (process.rlimits ?? []).map(({ type, soft, hard }) => ({
      name: type,
      resource: (RLIMITS as Readonly<Record<string, number>>)[type] as number,
      soft: BigInt(soft),
      hard: BigInt(hard),
    })),
    ...labelsSpec(process, options.lsm),
    noNewPrivileges: process.noNewPrivileges ?? false,
    oomScoreAdj: process.oomScoreAdj,
    scheduler: schedulerSpec(process),
    ioPriority: ioPrioritySpec(process),
    execCPUAffinity: cpuAffinitySpec(process),
    preserveFds: options.preserveFds + options.listenFds,
  };
}

/**
 * One value for each name, the last: which of two a program would see is up to the program. An empty HOME, which is of use to
 * nobody, is as good as none.
 */
function environment(env: readonly string[], uid: number, options: ProcessOptions): readonly string[] {
  const variables = variablesOf(env);
  if ((variables.get("HOME") ?? "HOME=") === "HOME=") {
    variables.delete("HOME");
    variables.set("HOME", `HOME=${options.homeOf(uid)}`);
  }
  // The program is the first process of its pid namespace, and the one that is meant.
  if (options.listenFds > 0) {
    variables.set("LISTEN_FDS", `LISTEN_FDS=${options.listenFds}`);
    variables.set("LISTEN_PID", "LISTEN_PID=1");
    if (options.listenNames !== undefined) variables.set("LISTEN_FDNAMES", `LISTEN_FDNAMES=${options.listenNames}`);
  }
  if (options.notifies) variables.set(NOTIFY_SOCKET, NOTIFY_VARIABLE);
  return [...variables.values()];
}
