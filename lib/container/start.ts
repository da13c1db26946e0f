/** `start`: lets the created container run the user's program, and learns from the kernel whether it did. */
import { during, errnoOf, RuntimeError } from "../base/errors.ts";
import { isFrozenAbove } from "../cgroup/freezer.ts";
import { killsInSlice } from "../cgroup/shortage.ts";
import { PAGE_SIZE } from "../init/page.ts";
import { hasStartHooks, isOfStartHook, sentenceOf } from "../init/start-steps.ts";
import { E, reason } from "../linux/errno.ts";
import { diedUnexecuted } from "../process/executed.ts";
import { hookFailure, runHooks } from "../process/hooks.ts";
import { awaitAny } from "../process/interruption.ts";
import { NotifyProxy } from "../process/notify.ts";
import { decodeReport } from "../program/report.ts";
import { failedCall, failedSentence } from "../program/words.ts";
import { NOTIFY_SOCKET } from "../spec/notify.ts";
import { readExecRecord } from "../state/exec-record.ts";
import type { ContainerRecord } from "../state/record.ts";
import { connectStart, isAlive, START_SOCKET, type Status } from "../state/status.ts";
import { type Lock, lockState, readRecord, unlock } from "../state/store.ts";
import { variable } from "../sys/ffi.ts";
import { close, type Fd, pipe, readAt, unlink } from "../sys/file.ts";
import { plainFile, sharedPage } from "../sys/memory.ts";
import { waitReadable } from "../sys/poll.ts";
import { pidfdOpen } from "../sys/process.ts";
import { sendFds } from "../sys/socket.ts";
import { type Agent, connectAgent } from "./agent.ts";
import { destroy, type Warn } from "./destroy.ts";
import { outOfMemory } from "./out-of-memory.ts";
import { stateDocument, statusOf } from "./state.ts";
import { whyNotExecuted } from "./why-not-executed.ts";

/** Step "Start" of runtime.md. @throws RuntimeError when it is not `created`, or its program can't be executed */
export function startContainer(root: string, id: string, warn: Warn): void {
  const lock = lockState(root, id);
  const record = readRecord(root, id);
  if (record === undefined) throw new RuntimeError("cannot start a container whose create has failed");
  checkStartable(statusOf(root, record));
  // It would not hear of it, and whoever waits for its answer could not be asked to stop.
  if (record.cgroup !== undefined && isFrozenAbove(record.cgroup)) {
    throw new RuntimeError("cannot start a container below a cgroup that is frozen");
  }
  const proxy = notifyProxy(lock, record, warn);
  try {
    start(root, lock, record);
  } catch (error) {
    if (error instanceof HookError) destroy(root, lock, record, warn);
    throw error;
  }
  if (proxy !== undefined) awaitReady(proxy, lock, record);
}

/** The proxy for what the container has to tell the service manager, if it has and this command is to pass it on. */
export function notifyProxy(lock: Lock, { notifies }: ContainerRecord, warn: Warn): NotifyProxy | undefined {
  const manager = variable(NOTIFY_SOCKET);
  if (!notifies || manager === undefined) return undefined;
  return during(`connect to ${NOTIFY_SOCKET}`, () => NotifyProxy.open(lock.directory, manager, warn));
}

/** Stays until the container has said that it is ready, or has ended; others may do with it what they like meanwhile. */
export function awaitReady(proxy: NotifyProxy, lock: Lock, { process }: ContainerRecord): void {
  const pidfd = process && pidfdOpen(process.pid);
  unlock(lock);
  if (process === undefined || pidfd === undefined) return;
  proxy.passUntilReady(process.pid, pidfd);
  proxy.close();
  close(pidfd);
}

function checkStartable(status: Status): void {
  if (status === "running") throw new RuntimeError("cannot start an already running container");
  if (status === "stopped") throw new RuntimeError("cannot start a container that has stopped");
  if (status !== "created") throw new RuntimeError(`cannot start a container that is ${status}`);
}

/**
 * A hook whose failure is the container's end, runtime.md § Lifecycle, steps 7 and 9. One whose program can't be executed has just
 * stopped.
 */
class HookError extends RuntimeError {}

/** Starts a container that is known to be `created`, and runs its poststart hooks. @throws RuntimeError, HookError */
export function start(root: string, lock: Lock, record: ContainerRecord): void {
  if (!record.startable) throw new RuntimeError("cannot start a container whose config.json has no process");
  const { listener, process } = record;
  const agent = listener && process && connectAgent(listener, process.pid, stateDocument(record, "created"));
  const page = sharedPage("start-report", PAGE_SIZE);
  const output = hasStartHooks(record.startSteps) ? plainFile("hook-output") : undefined;
  const killsBefore = record.cgroup && killsInSlice(record.cgroup);
  try {
    sayGo(lock, page, output, agent);
    checkSteps(root, record, page, output);
    checkExecuted(root, record, killsBefore);
  } catch (error) {
    // Nobody is there to hear it: the process was killed since it was looked at.
    if (errnoOf(error) === E.ECONNREFUSED) checkExecuted(root, record, killsBefore);
    throw error;
  } finally {
    for (const fd of [page, output]) if (fd !== undefined) close(fd);
  }
  const { hooks, bundle, annotations } = record;
  if (hooks.poststart.length === 0) return;
  try {
    const state = JSON.stringify(stateDocument(record, "running"));
    runHooks("poststart", hooks.poststart, { state, bundle, annotations });
  } catch (error) {
    throw new HookError((error as Error).message, { cause: (error as Error).cause });
  }
}

/** Returns when the init program has executed the user's, or has died. @throws InterruptedError where signals are caught */
function sayGo(lock: Lock, page: Fd, output: Fd | undefined, agent: Agent | undefined): void {
  const [ours, theirs] = pipe();
  try {
    during("tell the container to start", () => {
      const socket = connectStart(lock.directory);
      const fds = [page, theirs, output, agent?.socket].filter((fd) => fd !== undefined);
      sendFds(socket, agent?.document ?? new Uint8Array(1), fds);
      close(socket);
      // The agent may wait for the end of the connection before it answers anything, execve(2) included.
      if (agent !== undefined) close(agent.socket);
    });
    unlink(START_SOCKET, lock.directory);
    close(theirs);
    awaitAny([ours]);
  } finally {
    close(ours);
  }
}

/** @throws RuntimeError when a step of the init program has failed, HookError when it was a hook */
function checkSteps(root: string, record: ContainerRecord, page: Fd, output: Fd | undefined): void {
  const report = decodeReport(readAt(page, 0, 16));
  if (report === undefined) return;
  awaitEnd(record);
  const { index, errno } = report;
  const step = record.startSteps[index] ?? `step ${index} of the init program`;
  if (output !== undefined && isOfStartHook(step)) {
    const failure = typeof step === "string" ? failedSentence(step, errno) : failedCall(step, errno);
    const { message, cause } = hookFailure(failure, page, output);
    throw new HookError(message, { cause });
  }
  const doing = sentenceOf(step);
  const why = doing.startsWith("exec: ") ? whyNot(root, record, errno) : "";
  throw new RuntimeError(doing, { cause: new RuntimeError(`${reason(errno)}${why}`) });
}

/** A process that has told its failure is about to end: whoever asks after this command is to find it stopped. */
function awaitEnd(record: ContainerRecord): void {
  const pidfd = record.process && pidfdOpen(record.process.pid);
  if (pidfd === undefined) return;
  if (isAlive(record)) waitReadable(pidfd, END_TIME);
  close(pidfd);
}

/** How long that may take, in milliseconds. */
const END_TIME = 10_000;

/** What more is to be said of a refused execve(2), as the end of an error. What exec would need is known by now. */
function whyNot(root: string, { id, rootfs }: ContainerRecord, errno?: number): string {
  const { process, seccomp } = readExecRecord(root, id);
  if (process === undefined) return "";
  const { args = [], env = [], cwd } = process;
  const why = whyNotExecuted({ root: rootfs, args, env, cwd, filter: seccomp?.filter }, errno);
  return why === undefined ? "" : `: ${why}`;
}

/** A seccomp filter that kills on execve(2), or somebody with a SIGKILL, leaves no report: but the zombie tells. */
function checkExecuted(root: string, record: ContainerRecord, killsBefore: bigint | undefined): void {
  const { process } = record;
  const stat = process && diedUnexecuted(process.pid);
  if (stat === undefined || stat.startTime !== process?.startTime) return;
  const by = stat.signal === 0 ? "" : ` by signal ${stat.signal}`;
  const killed = `the container's first process was killed${by} before it had executed the program`;
  const error = new RuntimeError(`${killed}${whyNot(root, record)}`);
  throw outOfMemory(record, error, killsBefore);
}
