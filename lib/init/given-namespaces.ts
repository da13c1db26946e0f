/** Namespaces that config.json gives by their paths, to be joined: by stage 1, but for one that only init can. */
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { CLONE } from "../linux/sched.ts";
import { call, type Slot, type Step, slot } from "../program/step.ts";
import type { NamespacesSpec } from "../spec/container-spec.ts";
import type { CgroupEntry } from "./handles.ts";

/** A FIFO at the path would otherwise keep the program waiting for a writer. */
const OPEN_NAMESPACE = O.RDONLY | O.NONBLOCK | O.CLOEXEC;

/**
 * All paths are opened before the first one is joined: they are meant as the host sees them. Whose user namespace is joined may be
 * that which gives the right to join the others, or that after which there is none: what can be joined before it is.
 */
export function joinNamespaces({ join }: NamespacesSpec, later: Joined | undefined): Step[] {
  const opened = join.map(({ flag, path }) => ({
    flag,
    path,
    fd: flag === later?.flag ? LATER : slot(`namespace ${path}`),
  }));
  const user = opened.find(({ flag }) => flag === CLONE.NEWUSER);
  const others = opened.filter((each) => each !== user && each.flag !== later?.flag);
  // setns(2) refuses a descriptor of another type than the flag's.
  const setns = ({ flag, path, fd }: (typeof opened)[number], extra?: { result: Slot; tolerate: number[] }) =>
    call(`join the namespace ${path}`, "setns", [fd, flag], extra);
  const refused = others.map(({ path }) => slot(`${path} can't be joined yet`));
  const joining: Step[] =
    user === undefined
      ? others.map((each) => setns(each))
      : [
          ...others.map((each, index) => setns(each, { result: refused[index] as Slot, tolerate: [E.EPERM] })),
          setns(user),
          ...others.map(
            (each, index): Step => ({
              op: "when",
              value: refused[index] as Slot,
              equals: 0,
              then: [],
              otherwise: [setns(each)],
            }),
          ),
        ];
  return [
    ...opened.map(({ path, fd }) =>
      call(`open the namespace ${path}`, "openat", [AT.FDCWD, path, OPEN_NAMESPACE, 0], { result: fd }),
    ),
    ...joining,
    ...opened
      .filter(({ flag }) => flag !== later?.flag)
      .map(({ path, fd }) => call(`close the namespace ${path}`, "close", [fd])),
  ];
}

type Joined = NamespacesSpec["join"][number];

/** The descriptor of a namespace that is for init to join. */
const LATER = slot("cgroup namespace");

/**
 * A cgroup namespace that is for init to join: CLONE_INTO_CGROUP places no process outside of the cgroup namespace that its maker
 * is in.
 */
export function joinedByInit({ join }: NamespacesSpec, { directory }: CgroupEntry): Joined | undefined {
  return directory === undefined ? undefined : join.find(({ flag }) => flag === CLONE.NEWCGROUP);
}

/** For init. */
export function joinLater({ flag, path }: Joined): Step[] {
  return [
    call(`join the namespace ${path}`, "setns", [LATER, flag]),
    call(`close the namespace ${path}`, "close", [LATER]),
  ];
}
