/**
 * Bind mounts and file systems of their own, as a table: what is done for each is written once for all, and made when runt is built.
 * A file system is mounted by mount(2) on ".", the place being entered by its descriptor: one call where the newer interface takes
 * one for each option, and as free of paths.
 */
import { E } from "../linux/errno.ts";
import { AT, F, OPEN_HOW_SIZE_VER0 } from "../linux/fcntl.ts";
import { MOUNT_ATTR_SIZE_VER0 } from "../linux/mount.ts";
import { S } from "../linux/stat.ts";
import { buffer, call, type Each, type Slot, type Step, slot } from "../program/step.ts";
import type { BindMountSpec } from "../spec/mount-spec.ts";
import { attach, CHANGE, type Changes } from "./attach.ts";
import {
  addChanges,
  addDirectories,
  bindCells,
  type Cells,
  changesAfter,
  changesBefore,
  depth,
  filesystemCells,
  HANDED,
  NONE,
  type TableMount,
} from "./mount-cells.ts";
import { HOW, openInRoot, ROOT } from "./targets.ts";

/** What there are columns for: as much as the mount that needs most of it. */
interface Shape {
  /** Directories on the way to the destination. */
  readonly directories: number;
  /** Calls of mount_setattr(2) before the mount is attached, and after. */
  readonly before: number;
  readonly after: number;
}

/** The mount that the last item has left open, for one on "/". */
export const MOUNT = slot("mount");

const TARGET = slot("target");
const DIRECTORY = slot("directory");
const NEXT = slot("next directory");

const WHAT = slot("what");
const DESTINATION = slot("destination");
const NAME = slot("name");
const IS_FILE = slot("is a file");
const OPEN_FLAGS = slot("open flags");
const RESOLVE_FLAGS = slot("resolve flags");
/** 0 for a bind mount, HANDED for one whose source is open already: SOURCE is its descriptor. */
const TYPE = slot("type");
const SOURCE = slot("source");
/** Of mount(2), or of open_tree(2) for a bind mount. */
const FLAGS = slot("flags");
const DATA = slot("data");
/** 1: MOUNT stays open. */
const KEEP = slot("keep");
const COLUMNS = [WHAT, DESTINATION, NAME, IS_FILE, OPEN_FLAGS, RESOLVE_FLAGS, TYPE, SOURCE, FLAGS, DATA, KEEP];

const DOING = "mount {}";
const HOW_TO_OPEN = buffer("open_how", OPEN_HOW_SIZE_VER0);
const MOUNT_ATTRIBUTES = buffer("mount_attr", MOUNT_ATTR_SIZE_VER0);

const OPEN_TARGET = call(DOING, "openat2", [ROOT, DESTINATION, HOW_TO_OPEN, OPEN_HOW_SIZE_VER0], { result: TARGET });

/** Columns and steps of a table. */
function table({ directories, before, after }: Shape): Pick<Each, "into" | "steps"> {
  const names = times(directories, () => [slot("directory's name"), slot("directory's path")] as const);
  const first = times(before, changeColumns);
  const last = times(after, changeColumns);
  return {
    into: [...COLUMNS, ...names.flat(), ...first.flat(), ...last.flat()],
    steps: [
      unless(
        TYPE,
        0,
        [],
        [
          call(DOING, "open_tree", [AT.FDCWD, SOURCE, FLAGS], { result: MOUNT }),
          // Before it can be seen: it is never there with more rights than it is to have.
          ...first.map(changeStep),
        ],
      ),
      { op: "when", value: TYPE, equals: HANDED, then: [{ op: "assign", slot: MOUNT, value: SOURCE }] },
      { op: "store", into: HOW_TO_OPEN, offset: 0, width: 8, value: OPEN_FLAGS },
      { op: "store", into: HOW_TO_OPEN, offset: 16, width: 8, value: RESOLVE_FLAGS },
      {
        op: "attempt",
        steps: [{ op: "attempt", steps: [OPEN_TARGET], on: [E.ENOENT], otherwise: makeTarget(names) }],
        on: [E.ELOOP],
        otherwise: [
          { op: "fail", doing: `${DOING}: a symlink is on the way that must not be followed`, errno: E.ELOOP },
        ],
      },
      {
        op: "when",
        value: TYPE,
        mask: ~HANDED,
        equals: 0,
        then: [attach(DOING, MOUNT, TARGET), ...last.map(changeStep), unless(KEEP, 1, [call(DOING, "close", [MOUNT])])],
        otherwise: [
          call(DOING, "fchdir", [TARGET]),
          call(DOING, "mount", [SOURCE, ".", TYPE, FLAGS, DATA]),
          ...(after === 0 ? [] : changeNew(last.map(changeStep))),
        ],
      },
      call(DOING, "close", [TARGET]),
    ],
  };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** The mount is found by its place: the worst that the image can make of it is another mount of the container. */
function changeNew(steps: readonly Step[]): Step[] {
  return [openInRoot(DOING, DESTINATION, HOW.any, MOUNT), ...steps, call(DOING, "close", [MOUNT])];
}

/** Flags of mount_setattr(2), 0 if there is nothing to change, and three words of its struct mount_attr. */
export function changeColumns(): readonly Slot[] {
  return [slot("setattr flags"), slot("set"), slot("clear"), slot("propagation")];
}

/** The change that those columns say, and a user namespace's descriptor after them if there are ids to be mapped, of MOUNT. */
export function changeStep([flags, ...attributes]: readonly Slot[]): Step {
  return unless(flags as Slot, 0, [
    ...attributes.map(
      (value, index) => ({ op: "store", into: MOUNT_ATTRIBUTES, offset: index * 8, width: 8, value }) as const,
    ),
    call(DOING, "mount_setattr", [MOUNT, "", flags as Slot, MOUNT_ATTRIBUTES, MOUNT_ATTR_SIZE_VER0]),
  ]);
}

/** As in targets.ts: name after name, each in the directory that the names before it lead to. */
function makeTarget(names: readonly (readonly [Slot, Slot])[]): Step[] {
  const make = call(DOING, "mkdirat", [DIRECTORY, NAME, 0o755], { tolerate: [E.EEXIST] });
  return [
    call(DOING, "fcntl", [ROOT, F.DUPFD_CLOEXEC, 0], { result: DIRECTORY }),
    ...names.map(([name, path]) =>
      unless(name, 0, [
        call(DOING, "mkdirat", [DIRECTORY, name, 0o755], { tolerate: [E.EEXIST] }),
        openInRoot(DOING, path, HOW.directory, NEXT),
        call(DOING, "close", [DIRECTORY]),
        { op: "assign", slot: DIRECTORY, value: NEXT },
      ]),
    ),
    unless(IS_FILE, 1, [make], [call(DOING, "mknodat", [DIRECTORY, NAME, S.IFREG | 0o644, 0])]),
    call(DOING, "close", [DIRECTORY]),
    OPEN_TARGET,
  ];
}

/** Runs `steps` unless `value` is `equals`, for which there may be others. */
function unless(value: Slot, equals: number, steps: readonly Step[], others: readonly Step[] = []): Step {
  return { op: "when", value, equals, then: others, otherwise: steps };
}

/** Enough for nearly all that engines write: by the number of directories, and of changes before. */
const TABLES = [0, 1, 2, 3].map((directories) => [0, 1, 2].map((before) => table({ directories, before, after: 0 })));

/** The descriptors of sources that are open already, as they are to be mounted; undefined: it is opened by its path. */
export type SourceOf = (mount: BindMountSpec) => number | undefined;

/** Mounts `mounts`; `shared` says of each whether it may come to lie below a shared mount. */
export function mountTable(mounts: readonly TableMount[], shared: readonly boolean[], sourceOf: SourceOf): Step {
  const before: Changes[] = [];
  const after: Changes[] = [];
  let directories = 0;
  let mostBefore = 0;
  let mostAfter = 0;
  for (let i = 0; i < mounts.length; ++i) {
    const mount = mounts[i] as TableMount;
    const handed = mount.kind === "bind" && sourceOf(mount) !== undefined;
    const first = handed ? NONE : changesBefore(mount, shared[i] as boolean);
    const last = changesAfter(mount, shared[i] as boolean);
    before[i] = first;
    after[i] = last;
    directories = Math.max(directories, depth(mount.destination));
    mostBefore = Math.max(mostBefore, first.length / CHANGE);
    mostAfter = Math.max(mostAfter, last.length / CHANGE);
  }
  const usual = mostAfter === 0 ? TABLES[directories]?.[mostBefore] : undefined;
  const { into, steps } = usual ?? table({ directories, before: mostBefore, after: mostAfter });
  const items: Cells[] = [];
  for (let i = 0; i < mounts.length; ++i) {
    const mount = mounts[i] as TableMount;
    const item = mount.kind === "bind" ? bindCells(mount, sourceOf(mount)) : filesystemCells(mount);
    const names = addDirectories(item, mount.destination, directories);
    const changed = addChanges(item, names, before[i] as Changes, mostBefore);
    addChanges(item, changed, after[i] as Changes, mostAfter);
    items[i] = item;
  }
  return { op: "each", items, into, steps };
}
