/** The container's terminal, of its own devpts, and /dev/console, which is that terminal's slave side. */
import { E } from "../linux/errno.ts";
import { AT, O } from "../linux/fcntl.ts";
import { TIOC } from "../linux/ioctl.ts";
import { MAGIC } from "../linux/magic.ts";
import { OPEN_TREE } from "../linux/mount.ts";
import { S, STATFS_SIZE } from "../linux/stat.ts";
import { at, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { ProcessSpec } from "../spec/container-spec.ts";
import { attach } from "./attach.ts";
import { HOW, openInRoot, openTarget, ROOT } from "./targets.ts";

/** Opens a new terminal, its sides going to `master` and `slave`, and mounts the slave on /dev/console. */
export function consoleSteps(process: ProcessSpec, master: Slot, slave: Slot): Step[] {
  return [...terminalSteps(process, master, slave), ...consoleMountSteps(slave)];
}

/** The same in a container that is there already, whose root is this process's: /dev/console stays as it is. */
export function execTerminalSteps(process: ProcessSpec, master: Slot, slave: Slot): Step[] {
  const doing = "open the container's root";
  return [
    call(doing, "openat", [AT.FDCWD, "/", O.PATH | O.DIRECTORY | O.CLOEXEC, 0], { result: ROOT }),
    ...terminalSteps(process, master, slave),
    call(doing, "close", [ROOT]),
  ];
}

/** The slave is got from the master itself: by its name it could be swapped for something else (CVE-2025-52565). */
function terminalSteps({ consoleSize }: ProcessSpec, master: Slot, slave: Slot): Step[] {
  const doing = "open a terminal";
  const devpts = slot("devpts");
  const status = buffer("statfs", STATFS_SIZE);
  const flags = O.RDWR | O.NOCTTY | O.CLOEXEC;
  return [
    openInRoot(doing, "/dev/pts", HOW.directory, devpts),
    call(doing, "fstatfs", [devpts, status]),
    {
      op: "when",
      value: at(status, 0, 8),
      equals: MAGIC.DEVPTS_SUPER_MAGIC,
      then: [],
      otherwise: [
        { op: "fail", doing: `${doing}: a terminal needs a mount of type devpts on /dev/pts`, errno: E.ENODEV },
      ],
    },
    call(doing, "openat", [devpts, "ptmx", flags | O.NOFOLLOW, 0], { result: master }),
    call(doing, "close", [devpts]),
    call(doing, "ioctl", [master, TIOC.SPTLCK, new Uint8Array(4)]),
    call(doing, "ioctl", [master, TIOC.GPTPEER, flags], { result: slave }),
    ...(consoleSize
      ? [call("set the terminal's size", "ioctl", [slave, TIOC.SWINSZ, winsize(consoleSize.height, consoleSize.width)])]
      : []),
  ];
}

/** struct winsize, ioctl_tty(2): rows, columns and two that nobody uses. */
function winsize(rows: number, columns: number): Uint8Array {
  return new Uint8Array(new Uint16Array([rows, columns, 0, 0]).buffer);
}

/** The place is made or taken without following a symlink, which could lead a new file to anywhere (CVE-2026-88264). */
function consoleMountSteps(slave: Slot): Step[] {
  const doing = "mount the terminal on /dev/console";
  const directory = slot("/dev");
  const target = slot("/dev/console");
  const mount = slot("console");
  return [
    openTarget(doing, "/dev", directory, { how: HOW.directory }),
    call(doing, "mknodat", [directory, "console", S.IFREG | 0o600, 0], { tolerate: [E.EEXIST] }),
    call(doing, "openat", [directory, "console", O.PATH | O.NOFOLLOW | O.CLOEXEC, 0], { result: target }),
    call(doing, "open_tree", [slave, "", OPEN_TREE.CLONE | OPEN_TREE.CLOEXEC | AT.EMPTY_PATH], { result: mount }),
    attach(doing, mount, target),
    call(doing, "close", [mount]),
    call(doing, "close", [target]),
    call(doing, "close", [directory]),
  ];
}
