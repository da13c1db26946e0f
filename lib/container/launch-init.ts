/** Starts a container's init program and stays with it until it waits for `start`. */
import { during, RuntimeError } from "../base/errors.ts";
import type { Join } from "../cgroup/record.ts";
import { createSequence } from "../init/create-sequence.ts";
import { type CollectedOutput, type Handles, SYNC } from "../init/handles.ts";
import { isOfHook } from "../init/hooks.ts";
import { idMaps } from "../init/id-maps.ts";
import { mayBeCountedLate } from "../init/memory.ts";
import { PAGE_SIZE, PID_OFFSET, STAGE2_OFFSET } from "../init/page.ts";
import { restMessage } from "../init/rest.ts";
import { type StartSteps, startSteps } from "../init/start-steps.ts";
import { firstRlimits } from "../init/user.ts";
import { O } from "../linux/fcntl.ts";
import { SIGNALS } from "../linux/signals.ts";
import { hookFailure, openOutput, runHooks } from "../process/hooks.ts";
import { writeIdMaps } from "../process/id-maps.ts";
import { awaitAny } from "../process/interruption.ts";
import { failureOf, INIT, type Launched, launch, pidOf, writeRest } from "../process/launch.ts";
import { givePriorities } from "../process/priorities.ts";
import { answer, receiveMessage } from "../process/sync.ts";
import { userNamespaceOf } from "../process/user-namespace.ts";
import type { RestOfProgram } from "../program/compile.ts";
import type { Step } from "../program/step.ts";
import type { ContainerSpec, ProcessSpec } from "../spec/container-spec.ts";
import type { UserNamespaceSpec } from "../spec/user-namespace.ts";
import { allowExec } from "../state/exec-record.ts";
import type { ContainerRecord } from "../state/record.ts";
import { startAddress } from "../state/status.ts";
import type { Lock } from "../state/store.ts";
import { must } from "../sys/ffi.ts";
import { close, type Fd, inherit, open, write } from "../sys/file.ts";
import { seal, sealableFile, sharedPage } from "../sys/memory.ts";
import { kill, ownPidfd, processStat, wait } from "../sys/process.ts";
import { bindDatagram, socketPair } from "../sys/socket.ts";
import { stateDocument } from "./state.ts";

/** The record of a container that has a process. */
export type LiveRecord = ContainerRecord & { readonly process: { readonly pid: number; readonly startTime: number } };

/** What the program is given besides its steps. */
export interface Surroundings {
  readonly lock: Lock;
  /** How to enter the container's cgroup; undefined: it stays in the runtime's. */
  readonly join: Join | undefined;
  /** Has process `pid` put into the container's cgroup, instead of that it joins: by systemd. */
  readonly adopt: ((pid: number) => void) | undefined;
  /** The socket for the terminal's master side. */
  readonly console: Fd | undefined;
  /** Called as soon as the container's first process exists, while it waits or mounts: returns the container's record. */
  readonly born: (process: { pid: number; startTime: number }, startSteps: StartSteps) => LiveRecord;
  /** Called when the first process is in its network namespace, and waits there for its network devices. */
  readonly network: (pid: number) => void;
}

/** Runs the program up to the point where it waits for `start`: the container's record. @throws RuntimeError with the step that failed */
export function launchInit(spec: ContainerSpec, surroundings: Surroundings): LiveRecord {
  const [sync, theirs] = socketPair();
  const handles = openHandles(spec, surroundings, theirs);
  const sequence = createSequence(spec, handles);
  const launched = launch(INIT, sequence.first);
  // Where the end of the other side is to be noticed, this one must not hold it open.
  const { sync: theirSync, start, console, idMaps, cgroup } = handles;
  for (const fd of [theirSync, start, console, ...idMaps, cgroup.memory, cgroup.directory])
    if (fd !== undefined) close(fd);

  // The kernel takes a while to make namespaces: what else is to be done there is worked out meanwhile.
  const program = writeRestOrEnd(launched, handles, sync, sequence.rest);
  stayWithStage1(sync, launched, surroundings.adopt);
  // Now there is a first process, whose pid stands in the page, or a report.
  const pid = pidOf(handles.report);
  if (pid !== undefined) answer(sync, restMessage(program));
  const startTime = pid === undefined ? undefined : processStat(pid)?.startTime;
  if (pid === undefined || startTime === undefined) throw causeOfDeath(program, handles, pid);
  let record: LiveRecord;
  try {
    // First of all: init waits for it, and then mounts while files are written here.
    if (spec.userNamespace !== undefined) {
      enterUserNamespace(spec.userNamespace, program, handles, pid);
      answer(sync);
    }
  } finally {
    // Also when that has failed: who takes the container away must find its process.
    record = surroundings.born({ pid, startTime }, startSteps(program.steps, program.size));
  }
  giveState(handles, record);
  const process = ownPidfd(pid);
  for (;;) {
    const message = receiveMessage(sync, process);
    if (message === SYNC.ready) {
      if (spec.userNamespace !== undefined && spec.process) {
        limitByHost(pid, spec.process);
        givePriorities(pid, spec.process);
      }
      // Init ends with this command until it has the answer.
      allowExec(surroundings.lock);
      if (!answer(sync)) throw causeOfDeath(program, handles, pid);
      if (handles.cgroup.memory !== undefined) {
        // The last thing that it does: then it closes the socket.
        receiveMessage(sync, process);
        if (failureOf(program, handles.report) !== undefined) throw causeOfDeath(program, handles, pid);
      }
      close(sync);
      close(process);
      return record;
    }
    if (message === SYNC.network) {
      surroundings.network(pid);
      answer(sync);
      continue;
    }
    if (message !== SYNC.hooks) throw causeOfDeath(program, handles, pid);
    // The hooks of create come after step 2 of runtime.md's lifecycle: "creating" is step 2 itself.
    const state = JSON.stringify(stateDocument(record, "created"));
    const hooks = { state, bundle: spec.bundle, annotations: spec.annotations };
    runHooks("prestart", spec.hooks.prestart, hooks);
    runHooks("createRuntime", spec.hooks.createRuntime, hooks);
    answer(sync);
  }
}

/** Nothing of the program is left when what it is to go on with can't be compiled. */
function writeRestOrEnd(launched: Launched, handles: Handles, sync: Fd, rest: () => Step[]): RestOfProgram {
  try {
    return writeRest(launched, handles.rest, rest());
  } catch (error) {
    // All its processes wait for a message, or will.
    close(sync);
    wait(launched.pid);
    for (const offset of [PID_OFFSET, STAGE2_OFFSET]) {
      const pid = pidOf(handles.report, offset);
      if (pid !== undefined) wait(pid);
    }
    throw error;
  }
}

/** What of a user namespace is the parent's to do, once stage 1 has ended. @throws RuntimeError, also for a step of stage 1 that failed */
function enterUserNamespace(namespace: UserNamespaceSpec, program: RestOfProgram, handles: Handles, pid: number): void {
  const between = pidOf(handles.report, STAGE2_OFFSET);
  if (between !== undefined) wait(between);
  // Init waits, and says nothing.
  const failure = failureOf(program, handles.report);
  if (failure !== undefined) throw failure;
  const { uidMappings, gidMappings } = namespace;
  if (uidMappings.length === 0) return;
  try {
    writeIdMaps(pid, uidMappings, gidMappings);
  } catch (error) {
    // Without the host's rights init opens what it needs of the host meanwhile, and may have come to its end by that.
    throw failureOf(program, handles.report) ?? error;
  }
}

/** Limits of resources are the host's to raise: in a user namespace nobody can. */
function limitByHost(pid: number, process: ProcessSpec): void {
  for (const { name, resource, soft, hard } of firstRlimits(process)) {
    during(`set ${name} to ${soft}:${hard}`, () =>
      must("prlimit64", pid, resource, new BigUint64Array([soft, hard]), 0),
    );
  }
}

/** Waits for the end of stage 1, which is put into the container's cgroup if it asks for that. Nothing of it is left when that fails. */
function stayWithStage1(sync: Fd, { pid }: Launched, adopt: Surroundings["adopt"]): void {
  const process = ownPidfd(pid);
  try {
    // One that has died leaves a report, which is looked at next.
    if (adopt !== undefined && receiveMessage(sync, process) === SYNC.cgroup) {
      adopt(pid);
      answer(sync);
    }
    awaitAny([process]);
  } catch (error) {
    kill(pid, SIGNALS.SIGKILL);
    throw error;
  } finally {
    wait(pid);
    close(process);
  }
}

/** All descriptors that the program inherits, none of them where the user's program expects one of its own. */
function openHandles(spec: ContainerSpec, { lock, join, adopt, console }: Surroundings, sync: Fd): Handles {
  const { createContainer, startContainer } = spec.hooks;
  const hooks = createContainer.length + startContainer.length > 0;
  const lowest = 3 + (spec.process?.preserveFds ?? 0);
  const give = (fd: Fd): Fd => inherit(fd, lowest);
  const countedLate = mayBeCountedLate(spec) ? join?.memory : undefined;
  const output = hooks ? giveOutput(openOutput(spec.annotations), give) : undefined;
  return {
    sync: give(sync),
    report: give(sharedPage("report", PAGE_SIZE)),
    rest: give(sealableFile(INIT)),
    start: give(bindDatagram(startAddress(lock.directory))),
    console: console === undefined ? undefined : give(console),
    hookState: hooks ? give(sealableFile("hook-state")) : undefined,
    hookOutput: output,
    idMaps: idMaps(spec.mounts).map((map) => give(userNamespaceOf(map))),
    cgroup: {
      tasks: join?.tasks.filter((file) => file !== countedLate) ?? [],
      memory: countedLate === undefined ? undefined : give(open(countedLate, O.WRONLY)),
      adopted: adopt !== undefined,
      directory: join?.unified === undefined ? undefined : give(open(join.unified, O.PATH | O.DIRECTORY)),
    },
  };
}

function giveOutput({ collected, stdout, stderr }: CollectedOutput, give: (fd: Fd) => Fd): CollectedOutput {
  const given = give(collected);
  const other = (fd: Fd): Fd => (fd === collected ? given : give(fd));
  return { collected: given, stdout: other(stdout), stderr: other(stderr) };
}

/** Writes the state document for the hooks that the program runs, once and for all. */
function giveState({ hookState }: Handles, record: ContainerRecord): void {
  // Those that run in the container are told the pid that is the process's there.
  const pid = record.sharesPids ? record.process?.pid : 1;
  if (hookState === undefined) return;
  write(hookState, JSON.stringify({ ...stateDocument(record, "created"), pid }));
  seal(hookState);
}

/** Why the program is no more: the step that failed, or the signal that ended it. */
function causeOfDeath(program: RestOfProgram, handles: Handles, pid: number | undefined): RuntimeError {
  const status = pid === undefined ? undefined : wait(pid)?.status;
  const failure = failureOf(program, handles.report);
  const { report, hookOutput } = handles;
  if (failure !== undefined)
    return hookOutput && isOfHook("createContainer", failure.message)
      ? hookFailure(failure, report, hookOutput.collected)
      : failure;
  const signal = status !== undefined && status > 128 ? `was killed by signal ${status - 128}` : "ended";
  return new RuntimeError(`the container's first process ${signal} before it was ready`);
}
