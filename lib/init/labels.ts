/**
 * Labels of Linux security modules, written by the process that they are for to its own /proc/self/attr: through a procfs that the
 * image can't cover, or a label would be lost in a file of its making (CVE-2019-16884, CVE-2025-52881).
 */
import { utf8Length } from "../base/utf8.ts";
import { E } from "../linux/errno.ts";
import { AT, O, OPEN_HOW_SIZE_VER0, RESOLVE } from "../linux/fcntl.ts";
import { MAGIC } from "../linux/magic.ts";
import { STATFS_SIZE, STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, buffer, call, type Slot, type Step, slot, words } from "../program/step.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { LabelsSpec } from "../spec/labels.ts";
import { privateProcfs } from "./sysctl.ts";
import { IN_ROOT, openInRoot } from "./targets.ts";

/** `self` is a symlink, but to a name beside it. */
const HOW = words(O.WRONLY | O.CLOEXEC, 0, RESOLVE.BENEATH | RESOLVE.NO_XDEV | RESOLVE.NO_MAGICLINKS);

/** From the next execve(2) on, which is the user's program's or that of a hook in the container. */
export function labelProgram({ apparmorProfile, selinuxLabel }: LabelsSpec): Step[] {
  if (apparmorProfile === undefined && selinuxLabel === undefined) return [];
  const procfs = slot("private procfs");
  const file = slot("attr");
  const steps: Step[] = [];
  if (apparmorProfile !== undefined) {
    const doing = `set the AppArmor profile ${JSON.stringify(apparmorProfile)}`;
    steps.push(
      {
        op: "attempt",
        steps: [openAttribute(doing, procfs, "apparmor/exec", file)],
        // Linux 5.8 gave each module a directory: before it, and without that, the file is whose turn it is.
        on: [E.ENOENT],
        otherwise: [openAttribute(doing, procfs, "exec", file)],
      },
      ...writeAttribute(doing, file, `exec ${apparmorProfile}`),
    );
  }
  if (selinuxLabel !== undefined) {
    const doing = `set the SELinux label ${JSON.stringify(selinuxLabel)}`;
    steps.push(openAttribute(doing, procfs, "exec", file), ...writeAttribute(doing, file, selinuxLabel));
  }
  return [...ownProcfs(procfs), ...steps, call("close the private procfs", "close", [procfs])];
}

/**
 * A procfs that shows this process: a private one; or, where a user namespace forbids that because parts of the container's are
 * covered, the container's own, if it is one and whole. Nothing that covers a part of it is gone through, see HOW.
 */
function ownProcfs(procfs: Slot): Step[] {
  const doing = "open the container's procfs";
  const type = buffer("statfs", STATFS_SIZE);
  const status = buffer("statx", STATX_SIZE);
  const wrong: Step = { op: "fail", doing: `${doing}: /proc is something else`, errno: E.ENODEV };
  const isRoot: Step = {
    op: "when",
    value: at(status, STATX_OFFSET.ino, 8),
    equals: PROC_ROOT_INO,
    then: [],
    otherwise: [wrong],
  };
  return [
    {
      op: "attempt",
      steps: privateProcfs(procfs),
      on: [E.EPERM],
      otherwise: [
        call(doing, "openat", [AT.FDCWD, "/proc", O.PATH | O.DIRECTORY | O.NOFOLLOW | O.CLOEXEC, 0], {
          result: procfs,
        }),
        call(doing, "fstatfs", [procfs, type]),
        { op: "when", value: at(type, 0, 8), equals: MAGIC.PROC_SUPER_MAGIC, then: [], otherwise: [wrong] },
        call(doing, "statx", [procfs, "", AT.EMPTY_PATH, STATX.BASIC_STATS, status]),
        isRoot,
      ],
    },
  ];
}

/** Of the root of every procfs, <linux/proc_ns.h>. */
const PROC_ROOT_INO = 1;

/** Does `steps`, which make keys, while new keys get the container's label. */
export function labelKeys(selinuxLabel: string | undefined, steps: readonly Step[]): readonly Step[] {
  if (selinuxLabel === undefined) return steps;
  const procfs = slot("private procfs");
  const file = slot("attr");
  const doing = `label keys ${JSON.stringify(selinuxLabel)}`;
  return [
    ...ownProcfs(procfs),
    openAttribute(doing, procfs, "keycreate", file),
    ...writeAttribute(doing, file, selinuxLabel),
    ...steps,
    openAttribute(doing, procfs, "keycreate", file),
    ...writeAttribute(doing, file, ""),
    call("close the private procfs", "close", [procfs]),
  ];
}

function openAttribute(doing: string, procfs: Slot, name: string, result: Slot): Step {
  return call(doing, "openat2", [procfs, `self/attr/${name}`, HOW, OPEN_HOW_SIZE_VER0], { result });
}

/** The kernel takes a label whole, in one write. */
function writeAttribute(doing: string, file: Slot, label: string): Step[] {
  return [call(doing, "write", [file, label, utf8Length(label)]), call(doing, "close", [file])];
}

/** Where SELinux keeps the label of a file. */
const ATTRIBUTE = "security.selinux";

/** Labels what no option of mount(2) can label: the terminal, by its descriptor. */
export function labelTerminal({ mountLabel }: ContainerSpec, slave: Slot): Step[] {
  if (mountLabel === undefined) return [];
  const { label } = mountLabel;
  return [call("label the terminal", "fsetxattr", [slave, ATTRIBUTE, label, utf8Length(label), 0])];
}

const OPEN_DIRECTORY = words(O.RDONLY | O.DIRECTORY | O.CLOEXEC, 0, IN_ROOT);

/** The same for message queues, which are there before anybody mounts them. */
export function labelQueues({ mounts, mountLabel }: ContainerSpec): Step[] {
  if (mountLabel === undefined) return [];
  const { label } = mountLabel;
  const directory = slot("message queues");
  const queues = mounts.filter((mount) => mount.kind === "filesystem" && mount.type === "mqueue");
  return queues.flatMap(({ destination }) => {
    const doing = `label ${destination}`;
    return [
      openInRoot(doing, destination, OPEN_DIRECTORY, directory),
      call(doing, "fsetxattr", [directory, ATTRIBUTE, label, utf8Length(label), 0]),
      call(doing, "close", [directory]),
    ];
  });
}
