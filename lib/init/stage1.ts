/** Stage 1 of the init program: still in the host's namespaces, it joins what is given and clones the container's first process. */
import { AT, O } from "../linux/fcntl.ts";
import { PR } from "../linux/prctl.ts";
import { CLONE, CLONE3 } from "../linux/sched.ts";
import { at, type Clone, call, type Step, slot, words } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { isSetByInit, setClocks } from "./clocks.ts";
import { joinedByInit, joinLater, joinNamespaces } from "./given-namespaces.ts";
import { type CgroupEntry, descriptors, type ExecHandles, type Handles, SYNC } from "./handles.ts";
import { mapReport, PAGE_ADDRESS, PAGE_PID, PAGE_PIDFD, PID_OFFSET, PIDFD_OFFSET, STAGE2_OFFSET } from "./page.ts";
import { tellAndWait } from "./sync.ts";

/**
 * The program as the parent starts it; `init` is what the container's first process does.
 * @param open what is to be opened with the host's rights, in the container's mount namespace: by this process while init waits,
 * and init has the descriptors then
 */
export function stage1(
  spec: ContainerSpec,
  handles: Handles,
  init: readonly Step[],
  open: readonly Step[] = [],
): Step[] {
  return [
    ...beginning(spec, handles, isMappedByUser(spec)),
    ...(handles.cgroup.adopted ? tellAndWait(handles.sync, SYNC.cgroup) : []),
    ...joinCgroups(handles.cgroup),
    ...births(spec, handles, init, open),
  ];
}

/** What comes before anything of the container is entered; `dumpable`: this process stays so. */
export function beginning(
  { process }: Pick<ContainerSpec, "process">,
  handles: Handles | ExecHandles,
  dumpable = false,
): Step[] {
  return [
    mapReport(handles.report, PAGE_ADDRESS),
    ...closeOthers(handles, process?.preserveFds ?? 0),
    // While the score is the runtime's user's to write.
    ...adjustOomScore(process),
    // Before any namespace is joined: what is inside could otherwise trace this process and reach its descriptors.
    ...(dumpable ? [] : [becomeUndumpable]),
  ];
}

/**
 * The clone of a process of the container.
 * @param flags CLONE_* besides those that make it a child of the runtime
 * @param child what it does
 */
export function birth(
  doing: string,
  handles: Handles | ExecHandles,
  flags: number,
  child: readonly Step[],
  parent: readonly Step[] = [],
): Clone {
  const args = cloneArgs(flags, handles.cgroup);
  return { op: "clone", doing, args, result: slot("pid"), child: [...leaveBehind(handles), ...child], parent };
}

export const becomeUndumpable = call("become non-dumpable", "prctl", [PR.SET_DUMPABLE, 0, 0, 0, 0]);

/** The kernel lets nobody but root write the id maps of a process that is not dumpable: this one is for as long as it takes. */
export function isMappedByUser({ userNamespace, namespaces }: ContainerSpec): boolean {
  return userNamespace !== undefined && !userNamespace.openedByHost && (namespaces.create & CLONE.NEWUSER) !== 0;
}

/** The clone of a process that is in the cgroup of v2 and, so far, in no namespace of the container: another child of the runtime. */
export function birthInCgroup(doing: string, directory: number, child: readonly Step[]): Clone {
  const flags = CLONE.PARENT + CLONE.PARENT_SETTID + CLONE3.INTO_CGROUP;
  const args = words(flags, 0, 0, PAGE_ADDRESS + STAGE2_OFFSET, 0, 0, 0, 0, 0, 0, directory);
  return { op: "clone", doing, args, result: slot("pid"), child, parent: [] };
}

/**
 * Namespaces that init makes when it has the ids of the container's root: the message queues of one are its maker's, and the files
 * of the other's loopback interface in sysfs are root's if there is a root.
 */
export function madeByRoot({ userNamespace, namespaces }: ContainerSpec): number {
  return userNamespace === undefined ? 0 : namespaces.create & (CLONE.NEWIPC | CLONE.NEWNET);
}

/** Namespaces that are made otherwise than by the clone of init. */
function madeApart(spec: ContainerSpec): number {
  return madeByRoot(spec) | (spec.namespaces.timeOffsets.length > 0 ? CLONE.NEWTIME : 0);
}

/** The steps that make the container's first process, in its namespaces. */
function births(spec: ContainerSpec, handles: Handles, init: readonly Step[], open: readonly Step[]): Step[] {
  const { namespaces } = spec;
  const user = namespaces.join.find(({ flag }) => flag === CLONE.NEWUSER);
  const create = namespaces.create & ~madeApart(spec);
  const later = joinedByInit(namespaces, handles.cgroup);
  const child = later === undefined ? init : [...joinLater(later), ...init];
  const first = (flags: number, parent: readonly Step[]): Clone =>
    birth("create the container's first process", handles, create + flags, child, parent);
  const joining = [...joinNamespaces(namespaces, later), ...(isSetByInit(spec) ? [] : setClocks(namespaces))];
  if (open.length === 0) return [...joining, first(0, [])];
  const opening = [
    call("enter the container's mount namespace", "setns", [at(PAGE_PIDFD, 0), CLONE.NEWNS]),
    call("enter the container's mount namespace", "close", [at(PAGE_PIDFD, 0)]),
    ...open,
  ];
  const shared = CLONE.FILES + CLONE.PIDFD;
  if (user === undefined) return [...joining, first(shared, opening)];
  // Who has joined a user namespace has the host's rights no more: another process does it, and this one waits for its end.
  return [
    {
      op: "clone",
      doing: "create a process to join the user namespace",
      args: words(
        CLONE.PARENT + CLONE.PARENT_SETTID + CLONE.FILES + CLONE.VFORK,
        0,
        0,
        PAGE_ADDRESS + STAGE2_OFFSET,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ),
      result: slot("stage 2 pid"),
      child: [...joining, first(shared, [])],
      parent: [{ op: "when", value: at(PAGE_PID, 0), equals: 0, then: [], otherwise: opening }],
    },
  ];
}

/**
 * Closes what the caller of the runtime left open, which is nothing to the container: a pipe of the caller's that stays open
 * here would keep its other end waiting for as long as the container is not started.
 */
function closeOthers(handles: Handles | ExecHandles, preserveFds: number): Step[] {
  const steps: Step[] = [];
  let first = 3 + preserveFds;
  const close = (last: number): void => {
    if (first <= last) steps.push(call(`close descriptors ${first} to ${last}`, "close_range", [first, last, 0]));
  };
  for (const fd of descriptors(handles).sort((a, b) => a - b)) {
    close(fd - 1);
    first = fd + 1;
  }
  close(0xffffffff);
  return steps;
}

/** What stage 1 alone has needed. */
function leaveBehind({ report, cgroup: { directory } }: Handles | ExecHandles): Step[] {
  return [report, directory]
    .filter((fd) => fd !== undefined)
    .map((fd) => call("close what stage 1 has used", "close", [fd]));
}

/** Written by stage 1, since lowering the score is a right that the host gives, and inherited by the container. */
function adjustOomScore(process: ContainerSpec["process"]): Step[] {
  if (process?.oomScoreAdj === undefined) return [];
  const score = String(process.oomScoreAdj);
  const file = slot("oom_score_adj");
  const doing = `set oom_score_adj to ${score}`;
  return [
    call(doing, "openat", [AT.FDCWD, "/proc/self/oom_score_adj", O.WRONLY | O.CLOEXEC, 0], { result: file }),
    call(doing, "write", [file, score, score.length]),
    call(doing, "close", [file]),
  ];
}

/**
 * On cgroup v1 a process that has one thread moves itself by writing 0 to `tasks`: for any other pid, and for cgroup.procs,
 * the kernel takes a lock that makes it wait for an RCU grace period, many milliseconds on an idle machine.
 */
export function joinCgroups({ tasks }: CgroupEntry): Step[] {
  return [{ op: "each", items: tasks.map((path) => [path]), into: [TASKS], steps: JOIN }];
}

const TASKS = slot("tasks");
const TASKS_FILE = slot("tasks file");
const JOIN = [
  call("join a cgroup by {}", "openat", [AT.FDCWD, TASKS, O.WRONLY | O.CLOEXEC, 0], { result: TASKS_FILE }),
  call("join a cgroup by {}", "write", [TASKS_FILE, "0", 1]),
  call("join a cgroup by {}", "close", [TASKS_FILE]),
];

/** clone_args, which tell the pid in the shared page: it is there when stage 1 ends. CLONE_PARENT makes init a child of the runtime, not of stage 1; its exit signal is then stage 1's own. */
function cloneArgs(more: number, { directory }: CgroupEntry) {
  const cgroup = directory === undefined ? 0 : CLONE3.INTO_CGROUP;
  const flags = CLONE.PARENT + CLONE.PARENT_SETTID + more + cgroup;
  return words(flags, PAGE_ADDRESS + PIDFD_OFFSET, 0, PAGE_ADDRESS + PID_OFFSET, 0, 0, 0, 0, 0, 0, directory ?? 0);
}
