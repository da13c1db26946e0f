/** Mounts by descriptor: move_mount(2) and mount_setattr(2) on what open_tree(2) and fsmount(2) gave. */
import { AT } from "../linux/fcntl.ts";
import { MOUNT_ATTR, MOUNT_ATTR_SIZE_VER0, MOVE_MOUNT, MS, OPEN_TREE } from "../linux/mount.ts";
import { call, type Slot, type Step, words } from "../program/step.ts";
import type { MountAttributes } from "../spec/container-spec.ts";

/** One mount_setattr(2): of one mount, or of it and all below it. */
export interface Change extends MountAttributes {
  readonly recursive: boolean;
  /** MS_* without MS_REC; 0: as it is. */
  readonly propagation: number;
}

/** Puts the mount on the place that `target` has open. */
export function attach(doing: string, mount: Slot, target: Slot): Step {
  return call(doing, "move_mount", [mount, "", target, "", MOVE_MOUNT.F_EMPTY_PATH | MOVE_MOUNT.T_EMPTY_PATH]);
}

/** A copy of the mount at `source`, not attached yet: its descriptor goes to `mount`. */
export function cloneMount(doing: string, source: Slot, mount: Slot, recursive = false): Step {
  const flags = OPEN_TREE.CLONE | OPEN_TREE.CLOEXEC | AT.EMPTY_PATH | (recursive ? AT.RECURSIVE : 0);
  return call(doing, "open_tree", [source, "", flags], { result: mount });
}

/** Changes the mount whose root `mount` has open. */
export function change(doing: string, mount: Slot, { recursive, set, clear, propagation }: Change): Step {
  const flags = AT.EMPTY_PATH | (recursive ? AT.RECURSIVE : 0);
  return call(doing, "mount_setattr", [mount, "", flags, words(set, clear, propagation, 0), MOUNT_ATTR_SIZE_VER0]);
}

/** Makes the mount read-only; what else it forbids stays forbidden. */
export function makeReadonly(doing: string, mount: Slot): Step {
  return call(doing, "mount_setattr", [mount, "", AT.EMPTY_PATH, READONLY, MOUNT_ATTR_SIZE_VER0]);
}

const READONLY = words(MOUNT_ATTR.RDONLY, 0, 0, 0);

/** Each propagation, MS_* with MS_REC or not, as a change of its own. */
export function propagationChanges(propagation: readonly number[]): Change[] {
  return propagation.map((flags) => ({
    recursive: (flags & MS.REC) !== 0,
    set: 0,
    clear: 0,
    propagation: flags & ~MS.REC,
  }));
}

/**
 * The fewest changes that give a mount its attributes and propagation: what is of the same reach is one call.
 * @param single there is no mount below it, so that everything is of the same reach
 */
export function changes(
  attributes: MountAttributes,
  recursiveAttributes: MountAttributes,
  propagation: readonly number[],
  single: boolean,
): Change[] {
  const list = propagationChanges(propagation).map((each) => ({ ...each, recursive: each.recursive && !single }));
  merge(list, attributes, false);
  if (!single) merge(list, recursiveAttributes, true);
  return list;
}

function merge(list: Change[], attributes: MountAttributes, recursive: boolean): void {
  if (attributes.set === 0 && attributes.clear === 0) return;
  const index = list.findIndex((each) => each.recursive === recursive);
  if (index < 0) list.push({ recursive, propagation: 0, ...attributes });
  else list[index] = { ...(list[index] as Change), ...attributes };
}
