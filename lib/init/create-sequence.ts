/**
 * All that the init program does from its first instruction to execve(2), in order. runtime.md § Lifecycle says what must
 * happen before what; where it is silent the comments do.
 */
import { call, type Step, slot, type Value } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { enterClocks } from "./clocks.ts";
import { attachSlave, sendMaster } from "./console.ts";
import { consoleSteps } from "./console-mount.ts";
import type { MapIds } from "./detached.ts";
import { deviceSteps } from "./devices.ts";
import { prepareDirectory } from "./directory.ts";
import { descriptors, type Handles, isPlaced, SYNC } from "./handles.ts";
import { type HookFiles, runHooks } from "./hooks.ts";
import { idMaps, mapIds } from "./id-maps.ts";
import { joinSessionKeyring } from "./keyring.ts";
import { labelProgram, labelQueues, labelTerminal } from "./labels.ts";
import { maskSteps, readonlySteps } from "./masks.ts";
import { joinMemory } from "./memory.ts";
import { mountsSteps } from "./mounts.ts";
import { raiseLoopback } from "./network.ts";
import { becomeProcess, executeProcess } from "./process.ts";
import { goOnWithRest } from "./rest.ts";
import { pivotSteps, readonlyRootSteps, rootSteps } from "./root.ts";
import { RESET_AFFINITY } from "./scheduling.ts";
import { type Sources, sources } from "./sources.ts";
import { becomeUndumpable, isMappedByUser, madeByRoot, stage1 } from "./stage1.ts";
import { COLLECTED, toAgent, waitForStart } from "./start.ts";
import { tellAndWait, waitForParent } from "./sync.ts";
import { setSysctl } from "./sysctl.ts";
import { takeRootIds } from "./user.ts";
import { setHostname } from "./uts.ts";

/** The program that creates a container and, when told to, starts it. */
export interface Sequence {
  /** Its beginning, up to the container's first process, which waits for the rest. */
  readonly first: readonly Step[];
  /** What that process goes on with. */
  readonly rest: () => Step[];
}

/** All steps of a container to be created, which has these descriptors open. */
export function createSequence(spec: ContainerSpec, handles: Handles): Sequence {
  const { userNamespace } = spec;
  const maps = idMaps(spec.mounts);
  const map: MapIds = (what, mount, idMap) => mapIds(what, mount, idMap, maps, handles.idMaps);
  const given =
    userNamespace || maps.length > 0 ? sources(spec, Math.max(...descriptors(handles)) + 1, map) : undefined;
  const byHost = userNamespace?.openedByHost ?? false;
  return {
    first: stage1(spec, handles, goOnWithRest(handles), byHost ? given?.open : []),
    rest: () => [...(given && !byHost ? given.open : []), ...initSteps(spec, handles, given, map)],
  };
}

function initSteps(spec: ContainerSpec, handles: Handles, given: Sources | undefined, map: MapIds): Step[] {
  const program = slot("program");
  const { startContainer } = spec.hooks;
  const agent = spec.seccomp?.listener && toAgent(startContainer.length > 0);
  const { userNamespace } = spec;
  return [
    ...(userNamespace ? becomeRoot(spec, handles) : []),
    ...(isPlaced(handles) ? [RESET_AFFINITY] : []),
    // A session of its own: without one there is no controlling terminal, and the caller's would be the container's.
    call("start a new session", "setsid", []),
    ...joinSessionKeyring(spec),
    // Before any sysctl, and any hook, that may be about one of them.
    ...(spec.netDevices.length > 0 ? tellAndWait(handles.sync, SYNC.network) : []),
    ...setHostname(spec),
    ...raiseLoopback(spec.namespaces),
    ...fileSystem(spec, handles, given, map),
    // In a user namespace it is the parent that has the right to set limits.
    ...(spec.process
      ? becomeProcess(spec.process, spec, program, { makeDirectory: true, limit: userNamespace === undefined })
      : []),
    // Not before the runtime has written down that there is a container: a runtime that dies takes this process with it.
    ...tellAndWait(handles.sync, SYNC.ready),
    ...joinMemory(handles.cgroup),
    call("close the sync socket", "close", [handles.sync]),
    ...waitForStart(handles.start, agent),
    ...runHooks("startContainer", startContainer, hookFiles(handles, COLLECTED)),
    ...(spec.process ? executeProcess(spec.process, spec.seccomp, program, agent) : []),
  ];
}

/** The ids that the container's root has: only as such it makes files and mounts that are the container's. */
function becomeRoot(spec: ContainerSpec, { sync }: Handles): Step[] {
  const namespaces = madeByRoot(spec);
  return [
    ...waitForParent(sync),
    ...enterClocks(spec),
    ...(isMappedByUser(spec) ? [becomeUndumpable] : []),
    ...takeRootIds(spec),
    ...(namespaces === 0 ? [] : [call("make the ipc and network namespaces", "unshare", [namespaces])]),
  ];
}

/** The mount namespace: built in sight of the host's files, then entered. */
function fileSystem(spec: ContainerSpec, handles: Handles, given: Sources | undefined, map: MapIds): Step[] {
  const { prestart, createRuntime, createContainer } = spec.hooks;
  const hooks = prestart.length + createRuntime.length + createContainer.length > 0;
  const mounts = mountsSteps(spec.mounts, given?.of, map);
  return [
    ...rootSteps(spec, given?.root),
    ...mounts.make,
    ...handles.idMaps.map((fd) => call("close a user namespace of mapped ids", "close", [fd])),
    ...deviceSteps(spec, given?.of),
    ...console(spec, handles),
    ...labelQueues(spec),
    // Everything is in place, and the host's paths can still be seen: the point that the hooks are promised.
    ...(hooks ? tellAndWait(handles.sync, SYNC.hooks) : []),
    ...(createContainer.length > 0 ? enterBundle(spec, given) : []),
    ...runHooks("createContainer", createContainer, hookFiles(handles, handles.hookOutput?.collected)),
    // Behind the hooks, which may have made the network interfaces; before a part of procfs is covered, which forbids a new one to a user
    // namespace.
    ...setSysctl(spec),
    ...(spec.process ? labelProgram(spec.process) : []),
    ...mounts.finish,
    ...maskSteps(spec),
    ...readonlySteps(spec),
    ...prepareDirectory(spec),
    ...readonlyRootSteps(spec),
    ...pivotSteps(spec),
  ];
}

function enterBundle({ bundle }: ContainerSpec, given: Sources | undefined): Step[] {
  const doing = "go back to the bundle";
  if (given === undefined) return [call(doing, "chdir", [bundle])];
  return [call(doing, "fchdir", [given.bundle]), call(doing, "close", [given.bundle])];
}

function console(spec: ContainerSpec, handles: Handles): Step[] {
  const { process } = spec;
  if (process === undefined || !process.terminal || handles.console === undefined) return [];
  const master = slot("terminal master");
  const slave = slot("terminal slave");
  return [
    ...consoleSteps(process, master, slave),
    ...labelTerminal(spec, slave),
    ...sendMaster(master, handles.console),
    ...attachSlave(slave),
  ];
}

/** Where no user's file is named, hooks print to `collected`. */
function hookFiles({ hookState = -1, hookOutput }: Handles, collected: Value = -1): HookFiles {
  const place = (fd: number | undefined): Value => (fd === undefined || fd === hookOutput?.collected ? collected : fd);
  return { state: hookState, stdout: place(hookOutput?.stdout), stderr: place(hookOutput?.stderr), collected };
}
