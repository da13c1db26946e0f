/** Joining the namespaces of a container that is there: all at once, by the descriptor of its first process. */
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { CLONE } from "../linux/sched.ts";
import { call, type Step, slot } from "../program/step.ts";
import type { ExecSpec } from "../spec/container-spec.ts";
import { chrootSteps } from "./root.ts";

/** Names in /proc/PID/ns, in an order in which they can be joined one by one: the user namespace gives the right to the others. */
const FILES = {
  user: CLONE.NEWUSER,
  ipc: CLONE.NEWIPC,
  uts: CLONE.NEWUTS,
  net: CLONE.NEWNET,
  pid: CLONE.NEWPID,
  cgroup: CLONE.NEWCGROUP,
  time: CLONE.NEWTIME,
  mnt: CLONE.NEWNS,
} as const;

/**
 * Enters the container's namespaces and, where its mount namespace is the host's, its root.
 * @param container a pidfd of its first process
 */
export function joinContainer(spec: ExecSpec, container: number): Step[] {
  if ((spec.namespaces & CLONE.NEWNS) !== 0) return joinNamespaces(spec, container);
  const root = slot("container's root");
  const doing = "enter the container's root";
  return [
    call(doing, "openat", [AT.FDCWD, `/proc/${spec.pid}/root`, O.PATH | O.DIRECTORY | O.CLOEXEC, 0], { result: root }),
    lookWhetherAlive(container),
    ...joinNamespaces(spec, container),
    ...chrootSteps(doing, root),
    call(doing, "close", [root]),
  ];
}

/** The process lives: so what was opened below /proc/PID was its own, and not another's of the same pid. */
function lookWhetherAlive(container: number): Step {
  return call("look whether the container lives", "pidfd_send_signal", [container, 0, 0, 0]);
}

/**
 * setns(2) with the pidfd `container`: there is no moment at which this process is half in the container. Where the kernel
 * can't do it (EINVAL: an outer sandbox that knows only namespace files), one namespace after the other.
 */
function joinNamespaces({ pid, namespaces }: ExecSpec, container: number): Step[] {
  if (namespaces === 0) return [];
  const join = call("join the container's namespaces", "setns", [container, namespaces]);
  return [{ op: "attempt", steps: [join], on: [E.EINVAL], otherwise: joinOneByOne(pid, namespaces, container) }];
}

function joinOneByOne(pid: number, namespaces: number, container: number): Step[] {
  const directory = slot("namespaces");
  const files = Object.entries(FILES).filter(([, flag]) => (namespaces & flag) !== 0);
  const opened = files.map(([name, flag]) => ({ name, flag, fd: slot(name) }));
  const flags = O.RDONLY | O.CLOEXEC;
  return [
    call("open the container's namespaces", "openat", [AT.FDCWD, `/proc/${pid}/ns`, flags | O.DIRECTORY, 0], {
      result: directory,
    }),
    lookWhetherAlive(container),
    ...opened.map(({ name, fd }) =>
      call(`open the container's ${name} namespace`, "openat", [directory, name, flags, 0], { result: fd }),
    ),
    call("close the container's namespaces", "close", [directory]),
    ...opened.flatMap(({ name, flag, fd }) => [
      call(`join the container's ${name} namespace`, "setns", [fd, flag]),
      call(`close the container's ${name} namespace`, "close", [fd]),
    ]),
  ];
}
