/** Mounts by descriptor: move_mount(2) and mount_setattr(2) on what open_tree(2) and fsmount(2) gave. */
import { AT } from "../linux/fcntl.ts";
import { MOUNT_ATTR, MOUNT_ATTR_SIZE_VER0, MOVE_MOUNT, MS, OPEN_TREE } from "../linux/mount.ts";
import { call, type Slot, type Step, words } from "../program/step.ts";
import type { MountAttributes } from "../spec/mount-spec.ts";

/** Calls of mount_setattr(2), four numbers each: its flags, then `attr_set`, `attr_clr` and `propagation` of struct mount_attr. */
export type Changes = readonly number[];

/** Numbers of one change. */
export const CHANGE = 4;

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
export function changeSteps(doing: string, mount: Slot, list: Changes): Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < list.length; i += CHANGE) {
    const [flags, ...attributes] = list.slice(i, i + CHANGE);
    const args = [mount, "", flags as number, words(...attributes, 0), MOUNT_ATTR_SIZE_VER0];
    steps.push(call(doing, "mount_setattr", args));
  }
  return steps;
}

/** Makes the mount read-only; what else it forbids stays forbidden. */
export function makeReadonly(doing: string, mount: Slot): Step {
  return call(doing, "mount_setattr", [mount, "", AT.EMPTY_PATH, READONLY, MOUNT_ATTR_SIZE_VER0]);
}

const READONLY = words(MOUNT_ATTR.RDONLY, 0, 0, 0);

/** Each propagation, MS_* with MS_REC or not, as a change of its own. */
export function propagationChanges(propagation: readonly number[]): Changes {
  return changes(NONE, NONE, propagation, false);
}

/** The same for a file system that is mounted for the first time: it is private, unless it comes to lie below a shared mount. */
export function newPropagation(propagation: readonly number[], shared: boolean): Changes {
  if (propagation.length === 0) return propagation;
  return propagationChanges(shared ? propagation : propagation.filter((flags) => (flags & MS.PRIVATE) === 0));
}

const NONE: MountAttributes = { set: 0, clear: 0 };
const OWN = AT.EMPTY_PATH;
const RECURSIVE = AT.EMPTY_PATH | AT.RECURSIVE;

/**
 * The fewest changes that give a mount its attributes and propagation: what is of the same reach is one call.
 * @param single there is no mount below it, so that everything is of the same reach
 */
export function changes(
  attributes: MountAttributes,
  recursiveAttributes: MountAttributes,
  propagation: readonly number[],
  single: boolean,
): Changes {
  const list: number[] = [];
  for (let i = 0, at = 0; i < propagation.length; ++i, at += CHANGE) {
    const flags = propagation[i] as number;
    list[at] = !single && (flags & MS.REC) !== 0 ? RECURSIVE : OWN;
    list[at + 1] = 0;
    list[at + 2] = 0;
    list[at + 3] = flags & ~MS.REC;
  }
  merge(list, attributes, OWN);
  if (!single) merge(list, recursiveAttributes, RECURSIVE);
  return list;
}

/** Attributes go with the first change of the same reach. */
function merge(list: number[], { set, clear }: MountAttributes, flags: number): void {
  if (set === 0 && clear === 0) return;
  let at = 0;
  while (at < list.length && list[at] !== flags) at += CHANGE;
  if (at === list.length) {
    list[at] = flags;
    list[at + 3] = 0;
  }
  list[at + 1] = set;
  list[at + 2] = clear;
}
