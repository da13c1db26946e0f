/** All that a program does to run another process in a container that is there, in order, from its first instruction to execve(2). */
import { CLONE } from "../linux/sched.ts";
import { call, type Step, slot } from "../program/step.ts";
import type { ExecSpec } from "../spec/container-spec.ts";
import { attachSlave, sendMaster } from "./console.ts";
import { execTerminalSteps } from "./console-mount.ts";
import { type ExecHandles, isPlaced, SYNC } from "./handles.ts";
import { joinContainer } from "./join.ts";
import { joinSessionKeyring } from "./keyring.ts";
import { labelProgram } from "./labels.ts";
import { becomeProcess, executeProcess } from "./process.ts";
import { finalAffinity, initialAffinity } from "./scheduling.ts";
import { beginning, birth, birthInCgroup, joinCgroups } from "./stage1.ts";
import { receiveForAgent } from "./start.ts";
import { tellAndWait } from "./sync.ts";
import { setRlimits, takeRootIds } from "./user.ts";

/**
 * The program of `exec`. Stage 1 enters cgroups and namespaces, the process that it clones becomes the user's. Until then
 * there is nothing in the container to be had by tracing it (CVE-2016-9962): it is not dumpable, what it executes is a file
 * without a name that nobody can change, and of the host it has a page and a socket open.
 */
export function execSequence(spec: ExecSpec, handles: ExecHandles): Step[] {
  const { process, seccomp } = spec;
  const program = slot("program");
  const toAgent = handles.agent === undefined ? undefined : receiveForAgent(handles.agent);
  const inUserNamespace = (spec.namespaces & CLONE.NEWUSER) !== 0;
  const child = [
    call("close the container's pidfd", "close", [handles.container]),
    ...(inUserNamespace ? takeRootIds(spec) : []),
    call("start a new session", "setsid", []),
    ...(isPlaced(handles) || process.execCPUAffinity ? finalAffinity(process) : []),
    ...joinSessionKeyring(spec),
    ...terminal(spec, handles),
    ...labelProgram(process),
    ...becomeProcess(process, spec, program, { makeDirectory: false, limit: !inUserNamespace }),
    // The runtime is to know of it first. The socket then closes by execve(2), or with the process: the runtime is told which.
    ...tellAndWait(handles.sync, SYNC.ready),
    ...(toAgent?.steps ?? []),
    ...executeProcess(process, seccomp, program, toAgent?.agent),
  ];
  const { directory } = handles.cgroup;
  const inside = [
    ...joinContainer(spec, handles.container),
    birth("create a process in the container", { ...handles, cgroup: NO_CGROUP }, 0, child),
  ];
  return [
    ...beginning(spec, handles),
    ...initialAffinity(process),
    // Whoever joins a user namespace has no right any more to raise them.
    ...(inUserNamespace ? setRlimits(process) : []),
    ...joinCgroups(handles.cgroup),
    ...(directory === undefined ? inside : [enterCgroup(directory, inside)]),
  ];
}

const NO_CGROUP = { tasks: [], memory: undefined, directory: undefined } as const;

/**
 * By a process between, which closes the cgroup's directory before it enters the container: from a directory of the host whoever may
 * trace a process of the container could go up. And CLONE_INTO_CGROUP reaches no cgroup outside of the cgroup namespace of its caller.
 */
function enterCgroup(directory: number, inside: readonly Step[]): Step {
  return birthInCgroup("create a process in the container's cgroup", directory, [
    call("close the container's cgroup", "close", [directory]),
    ...inside,
  ]);
}

function terminal({ process }: ExecSpec, { console }: ExecHandles): Step[] {
  if (console === undefined) return [];
  const master = slot("terminal master");
  const slave = slot("terminal slave");
  return [...execTerminalSteps(process, master, slave), ...sendMaster(master, console), ...attachSlave(slave)];
}
