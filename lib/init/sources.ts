/**
 * What a container gets of the host's files, opened before the ids and rights of the host are given up: its root, the sources of its
 * bind mounts, its devices. A path that is closed to the container's root is none the less its owner's to give ("inaccessible source").
 * Each becomes a mount that is attached to nothing yet, with a descriptor whose number is known beforehand.
 */
import { AT, O } from "../linux/fcntl.ts";
import { S } from "../linux/stat.ts";
import { call, type Each, type Slot, type Step, slot } from "../program/step.ts";
import type { ContainerSpec, DeviceSpec } from "../spec/container-spec.ts";
import type { MountIdMap } from "../spec/id-map.ts";
import type { BindMountSpec } from "../spec/mount-spec.ts";
import { CHANGE, changeSteps } from "./attach.ts";
import type { MapIds } from "./detached.ts";
import { deviceNumber, isNode, openDevice } from "./device-bind.ts";
import { addChanges, bindName, type Cells, changesBefore, treeFlags } from "./mount-cells.ts";
import { changeColumns, changeStep, MOUNT } from "./mount-table.ts";
import { openRoot, PLACE } from "./root.ts";
import { ROOT } from "./targets.ts";

export interface Sources {
  /** Opens them all. */
  readonly open: readonly Step[];
  /** For the process that has inherited them: finds the root again. */
  readonly root: readonly Step[];
  /** The directory of the bundle, for createContainer hooks to begin there; not open without them. */
  readonly bundle: number;
  readonly of: (item: BindMountSpec | DeviceSpec) => number | undefined;
}

/**
 * @param first the lowest number that is free for a descriptor; all above it are free too
 * @param mapIds mounts whose ids are mapped are among them
 */
export function sources(spec: ContainerSpec, first: number, mapIds: MapIds): Sources {
  const [place, root, bundle] = [first, first + 1, first + 2];
  let next = first + 3;
  const numbers = new Map<BindMountSpec | DeviceSpec, number>();
  const binds = spec.mounts.filter((mount) => mount.kind === "bind");
  // Else they can be made.
  const devices = spec.userNamespace ? spec.devices.filter(isNode) : [];
  for (const item of [...binds, ...devices]) numbers.set(item, next++);
  const numberOf = (item: BindMountSpec | DeviceSpec) => numbers.get(item) as number;
  return {
    open: [
      ...openRoot(spec),
      ...moveTo("open the root", PLACE, place),
      ...moveTo("open the root", ROOT, root),
      ...(spec.hooks.createContainer.length > 0 ? openBundle(spec.bundle, bundle) : []),
      ...openBinds(
        binds.filter(({ idMap }) => idMap === undefined),
        numberOf,
      ),
      ...binds.flatMap((mount) => (mount.idMap ? openMapped(mount, mount.idMap, numberOf(mount), mapIds) : [])),
      ...openDevices(devices, numberOf),
    ],
    root: [
      { op: "assign", slot: PLACE, value: place },
      { op: "assign", slot: ROOT, value: root },
    ],
    bundle,
    of: (item) => numbers.get(item),
  };
}

function openBundle(path: string, number: number): Step[] {
  const directory = slot("bundle");
  const doing = "open the bundle";
  return [
    call(doing, "openat", [AT.FDCWD, path, O.PATH | O.DIRECTORY | O.CLOEXEC, 0], { result: directory }),
    ...moveTo(doing, directory, number),
  ];
}

function moveTo(doing: string, fd: Slot, number: number | Slot): Step[] {
  return [call(doing, "dup3", [fd, number, O.CLOEXEC]), call(doing, "close", [fd])];
}

const WHAT = slot("what");
const SOURCE = slot("source");
const FLAGS = slot("flags");
const NUMBER = slot("descriptor");

function openBinds(binds: readonly BindMountSpec[], numberOf: (mount: BindMountSpec) => number): Step[] {
  if (binds.length === 0) return [];
  const doing = "open the source of {}";
  // A mount that is not attached has no peers: what propagation it is to have can be said now, unless a shared mount is above it then.
  const changes = binds.map((mount) => changesBefore(mount, false));
  const most = Math.max(...changes.map((list) => list.length / CHANGE));
  const columns = Array.from({ length: most }, changeColumns);
  const items = binds.map((mount, index) => {
    const item: Cells = [bindName(mount), mount.source, treeFlags(mount), numberOf(mount)];
    addChanges(item, item.length, changes[index] as readonly number[], most);
    return item;
  });
  const table: Each = {
    op: "each",
    items,
    into: [WHAT, SOURCE, FLAGS, NUMBER, ...columns.flat()],
    steps: [
      call(doing, "open_tree", [AT.FDCWD, SOURCE, FLAGS], { result: MOUNT }),
      ...columns.map(changeStep),
      ...moveTo(doing, MOUNT, NUMBER),
    ],
  };
  return [table];
}

/** There are few of them: a step each, and in its name what it is about. */
function openMapped(mount: BindMountSpec, map: MountIdMap, number: number, mapIds: MapIds): Step[] {
  const doing = `open the source of ${bindName(mount)}`;
  return [
    call(doing, "open_tree", [AT.FDCWD, mount.source, treeFlags(mount)], { result: MOUNT }),
    mapIds(bindName(mount), MOUNT, map),
    ...changeSteps(doing, MOUNT, changesBefore(mount, false)),
    ...moveTo(doing, MOUNT, number),
  ];
}

const TYPE = slot("type of device");
const RDEV = slot("device number");

function openDevices(devices: readonly DeviceSpec[], numberOf: (device: DeviceSpec) => number): Step[] {
  if (devices.length === 0) return [];
  const doing = "open the host's device {}";
  const items = devices.map((device) => {
    const { path, mode, rdev } = device;
    return [path, mode & S.IFMT, deviceNumber(rdev), numberOf(device)];
  });
  const steps = [...openDevice(doing, SOURCE, TYPE, RDEV, MOUNT), ...moveTo(doing, MOUNT, NUMBER)];
  return [{ op: "each", items, into: [SOURCE, TYPE, RDEV, NUMBER], steps }];
}
