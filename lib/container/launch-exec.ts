/** Starts the program of `exec` and stays with it until it has become the user's. */
import { RuntimeError } from "../base/errors.ts";
import type { Entry } from "../cgroup/enter.ts";
import { execSequence } from "../init/exec-sequence.ts";
import { type ExecHandles, SYNC } from "../init/handles.ts";
import { PAGE_SIZE, STAGE2_OFFSET } from "../init/page.ts";
import { CLONE } from "../linux/sched.ts";
import { SOCK } from "../linux/socket.ts";
import { diedUnexecuted } from "../process/executed.ts";
import { failureOf, type Launched, launch, pidOf } from "../process/launch.ts";
import { givePriorities } from "../process/priorities.ts";
import { answer, receiveMessage } from "../process/sync.ts";
import type { ExecSpec } from "../spec/container-spec.ts";
import { close, type Fd, inherit } from "../sys/file.ts";
import { sharedPage } from "../sys/memory.ts";
import { ownPidfd, wait } from "../sys/process.ts";
import { sendFds, socketPair } from "../sys/socket.ts";
import type { Agent } from "./agent.ts";

/** What the program is given besides its steps; all of it is closed here afterwards. */
export interface ExecSurroundings {
  /** pidfd of the container's first process. */
  readonly container: Fd;
  readonly cgroups: Entry;
  /** The socket for the terminal's master side. */
  readonly console: Fd | undefined;
  /** Called when all is done but execve(2): the process waits meanwhile, and ends if this throws. */
  readonly ready: (pid: number) => void;
  /** Connects to the agent of the container's seccomp filter, if it has one, for the process of that pid. */
  readonly agent: (pid: number) => Agent;
}

/** Runs the program: the pid of the process, a child of this one, which executes the user's. @throws RuntimeError with the step that failed */
export function launchExec(spec: ExecSpec, surroundings: ExecSurroundings): number {
  const [sync, theirs] = socketPair();
  const [toProgram, forAgent] = spec.seccomp?.listener ? socketPair(SOCK.SEQPACKET) : [];
  const handles = openHandles(spec, surroundings, theirs, forAgent);
  const launched = launch("runt-exec", execSequence(spec, handles));
  const { console, cgroup, container, agent } = handles;
  for (const fd of [handles.sync, console, cgroup.directory, container, agent]) if (fd !== undefined) close(fd);

  // Stage 1, and who is between, end when they have made the process.
  wait(launched.pid);
  const between = pidOf(handles.report, STAGE2_OFFSET);
  if (between !== undefined) wait(between);
  const pid = pidOf(handles.report);
  if (pid === undefined) throw causeOfDeath(launched, handles, pid);
  const process = ownPidfd(pid);
  if (receiveMessage(sync, process) !== SYNC.ready) throw causeOfDeath(launched, handles, pid);
  try {
    if ((spec.namespaces & CLONE.NEWUSER) !== 0) givePriorities(pid, spec.process);
    surroundings.ready(pid);
    if (toProgram !== undefined) tellOfAgent(toProgram, surroundings.agent(pid));
    answer(sync);
  } catch (error) {
    // Left alone, the process ends.
    close(sync);
    wait(pid);
    throw error;
  }
  // Its end of the socket is closed by execve(2).
  receiveMessage(sync, process);
  close(sync);
  close(process);
  checkExecuted(launched, handles, pid);
  close(handles.report);
  return pid;
}

/** Hands the program what it has to send to the agent, once there is a listener. */
function tellOfAgent(toProgram: Fd, { document, socket }: Agent): void {
  sendFds(toProgram, document, [socket]);
  // The agent may wait for the end of the connection before it answers anything.
  close(socket);
  close(toProgram);
}

/** All descriptors that the program inherits, none of them where the user's program expects one of its own. */
function openHandles(
  spec: ExecSpec,
  { container, cgroups, console }: ExecSurroundings,
  sync: Fd,
  agent: Fd | undefined,
): ExecHandles {
  const lowest = 3 + spec.process.preserveFds;
  const give = (fd: Fd): Fd => inherit(fd, lowest);
  return {
    sync: give(sync),
    report: give(sharedPage("report", PAGE_SIZE)),
    console: console === undefined ? undefined : give(console),
    container: give(container),
    agent: agent === undefined ? undefined : give(agent),
    cgroup: {
      tasks: cgroups.tasks,
      memory: undefined,
      directory: cgroups.unified === undefined ? undefined : give(cgroups.unified),
    },
  };
}

/** A step that failed after all was ready; or a process that was killed, by a seccomp filter or by somebody, before execve(2). */
function checkExecuted(launched: Launched, handles: ExecHandles, pid: number): void {
  if (failureOf(launched.program, handles.report) !== undefined) throw causeOfDeath(launched, handles, pid);
  if (diedUnexecuted(pid)) throw causeOfDeath(launched, handles, pid);
}

/** Why the program is no more: the step that failed, or the signal that ended it. */
function causeOfDeath({ program }: Launched, { report }: ExecHandles, pid: number | undefined): RuntimeError {
  const status = pid === undefined ? undefined : wait(pid)?.status;
  const failure = failureOf(program, report);
  if (failure !== undefined) return failure;
  const how = status !== undefined && status > 128 ? `was killed by signal ${status - 128}` : "ended";
  return new RuntimeError(`the process ${how} before it had executed the program`);
}
