/** `exec`: another program in a container that is there, with the rights, limits and confinement of the container's own. */
import { describe, errnoOf, RuntimeError } from "../base/errors.ts";
import { enterCgroups } from "../cgroup/enter.ts";
import { isFrozenAbove, isPaused } from "../cgroup/freezer.ts";
import { parseProcess } from "../config/load-process.ts";
import { CLONE } from "../linux/sched.ts";
import type { Relay } from "../process/relay.ts";
import { supervise } from "../process/supervise.ts";
import { joinResctrl } from "../resctrl/groups.ts";
import { keepsGroups } from "../spec/annotations.ts";
import { personalitySpec } from "../spec/container.ts";
import type { ExecSpec } from "../spec/container-spec.ts";
import { execProcess, type ProcessFlags } from "../spec/exec.ts";
import { memoryPolicySpec } from "../spec/memory-policy.ts";
import { processSpec } from "../spec/process.ts";
import { readExecRecord } from "../state/exec-record.ts";
import type { ContainerRecord } from "../state/record.ts";
import { isAlive, isEnding } from "../state/status.ts";
import { readRecord } from "../state/store.ts";
import { type Fd, readFile } from "../sys/file.ts";
import { permitted, pidfdOpen } from "../sys/process.ts";
import { catchSignals } from "../sys/signals.ts";
import { type Agent, connectAgent } from "./agent.ts";
import { consoleSocket, ForegroundConsole } from "./console.ts";
import type { Warn } from "./destroy.ts";
import { homeOf } from "./image-files.ts";
import { type ExecSurroundings, launchExec } from "./launch-exec.ts";
import { LSM } from "./lsm.ts";
import { writePidFile } from "./pid-file.ts";
import { sendPidfd } from "./pidfd.ts";
import { stateDocument, statusOf } from "./state.ts";
import { whyNotExecuted } from "./why-not-executed.ts";

export interface ExecOptions {
  readonly root: string;
  readonly id: string;
  /** What the command line says of the process. */
  readonly flags: ProcessFlags;
  /** A file with a `process` of config.json. */
  readonly processFile: string | undefined;
  readonly detach: boolean;
  readonly consoleSocket: string | undefined;
  readonly pidFile: string | undefined;
  /** Gets the pidfd of the process. */
  readonly pidfdSocket: string | undefined;
  readonly preserveFds: number;
  /** Cgroups below the container's; see enterCgroups. */
  readonly cgroups: readonly string[];
  readonly ignorePaused: boolean;
  readonly warn: Warn;
}

/** Runs a program in a container. @returns its exit code, 0 when it is left in the background. Throws RuntimeError. */
export function execInContainer(options: ExecOptions): number {
  const live = liveContainer(options);
  try {
    return execBeside(live, options);
  } catch (error) {
    // Whatever it was that failed: namespaces, cgroups and processes of a container that ends are going one by one.
    if (isEnding(live.record)) throw stopped();
    throw error;
  }
}

/** Another program beside the first process. */
function execBeside({ pid, container, record }: LiveContainer, options: ExecOptions): number {
  const spec = specify(options, { pid, annotations: record.annotations });
  const cgroups = enterCgroups(record.cgroup, options.cgroups, pid);
  const { terminal } = spec.process;
  const made = (own: number): void => {
    if (record.resctrl !== undefined) joinResctrl(record.resctrl, own);
    if (options.pidfdSocket !== undefined) sendPidfd(options.pidfdSocket, own);
    if (options.pidFile !== undefined) writePidFile(options.pidFile, own);
  };
  const agent = (own: number): Agent => {
    if (spec.seccomp?.listener === undefined) throw new RuntimeError("the seccomp filter has no agent");
    return connectAgent(spec.seccomp.listener, own, stateDocument(record, statusOf(options.root, record)));
  };
  const explained = <T>(launch: () => T): T => {
    try {
      return launch();
    } catch (error) {
      throw explain(error, spec);
    }
  };
  if (options.detach) {
    const console = consoleSocket(terminal, options.consoleSocket);
    explained(() => launchExec(spec, { container, cgroups, console, ready: made, agent }));
    return 0;
  }
  const console = new ForegroundConsole(options.consoleSocket);
  let relay: Relay | undefined;
  let signals: Fd = -1;
  try {
    const surroundings: ExecSurroundings = {
      container,
      cgroups,
      console: console.open(terminal),
      // Until now a signal has ended this command, and with it all there was. From now on it is the program's.
      ready: (own) => {
        signals = catchSignals();
        made(own);
        relay = console.relay();
      },
      agent,
    };
    const own = explained(() => launchExec(spec, surroundings));
    return supervise(own, signals, relay);
  } finally {
    relay?.end();
  }
}

/** An error with what more is to be said of a refused execve(2). */
function explain(error: unknown, { pid, process, seccomp }: ExecSpec): unknown {
  const isRefused = error instanceof Error && /^exec: |before it had executed the program/.test(error.message);
  const program = { root: `/proc/${pid}/root`, ...process, filter: seccomp?.filter };
  const why = isRefused ? whyNotExecuted(program, errnoOf(error)) : undefined;
  return why === undefined ? error : new RuntimeError(`${describe(error)}: ${why}`);
}

/** A container with a first process that lives. */
interface LiveContainer {
  readonly pid: number;
  /** pidfd of that process. */
  readonly container: Fd;
  readonly record: ContainerRecord;
}

function stopped(): RuntimeError {
  return new RuntimeError("cannot exec in a stopped container");
}

/** @throws RuntimeError in words that engines know */
function liveContainer({ root, id, ignorePaused }: ExecOptions): LiveContainer {
  const record = readRecord(root, id);
  if (record?.process === undefined) {
    throw new RuntimeError(
      "cannot exec in a container that has no process: its create has not come so far, or was killed",
    );
  }
  const { pid } = record.process;
  const container = pidfdOpen(pid);
  // After the pidfd is held: from here on it can be no other process that has got the same pid.
  if (container === undefined || !isAlive(record)) throw stopped();
  if (!ignorePaused && record.cgroup !== undefined) {
    const override = "(use --ignore-paused to override)";
    if (isPaused(record.cgroup)) throw new RuntimeError(`cannot exec in a paused container ${override}`);
    if (isFrozenAbove(record.cgroup)) {
      throw new RuntimeError(`cannot exec in a container below a cgroup that is frozen ${override}`);
    }
  }
  return { pid, container, record };
}

/** The process that is asked for, in the container as it was created. */
function specify(
  { root, id, flags, processFile, preserveFds, warn }: ExecOptions,
  { pid, annotations }: { readonly pid: number; readonly annotations: ContainerRecord["annotations"] },
): ExecSpec {
  const { process: own, linux, namespaces, newKeyring, seccomp } = readExecRecord(root, id);
  const file = processFile === undefined ? undefined : parseProcess(readFile(processFile), processFile);
  const process = execProcess(own, file, flags);
  const home = (uid: number): string => homeOf(uid, `/proc/${pid}/root`);
  return {
    id,
    pid,
    namespaces,
    newKeyring,
    seccomp,
    personality: personalitySpec({ linux }),
    memoryPolicy: memoryPolicySpec({ linux }),
    process: processSpec(process, {
      preserveFds,
      listenFds: 0,
      listenNames: undefined,
      notifies: false,
      lsm: LSM,
      keepGroups: keepsGroups(annotations),
      // In a user namespace it gets what it asks for.
      grantable: (namespaces & CLONE.NEWUSER) === 0 ? permitted() : undefined,
      homeOf: home,
      warn,
    }),
  };
}
