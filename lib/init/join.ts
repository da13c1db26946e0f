/** Joining the namespaces of a container that is there: all at once, by the descriptor of its first process. */
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { CLONE } from "../linux/sched.ts";
import { call, type Step, slot } from "../program/step.ts";
import type { ExecSpec } from "../spec/container-spec.ts";

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
 * setns(2) with the pidfd `container`: there is no moment at which this process is half in the container. Where the kernel
 * can't do it (EINVAL: an outer sandbox that knows only namespace files), one namespace after the other.
 */
export function joinContainer({ pid, namespaces }: ExecSpec, container: number): Step[] {
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
    // The process lives: so it was its directory that was opened, and not another's of the same pid.
    call("look whether the container lives", "pidfd_send_signal", [container, 0, 0, 0]),
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
