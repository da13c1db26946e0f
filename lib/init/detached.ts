/** A file system that is finished before the container can see it: fsopen(2), fsmount(2), and only then move_mount(2). */
import { AT } from "../linux/fcntl.ts";
import { FSCONFIG, FSMOUNT, FSOPEN } from "../linux/mount.ts";
import { STATX, STATX_OFFSET, STATX_SIZE } from "../linux/stat.ts";
import { at, buffer, call, type Slot, type Step, slot } from "../program/step.ts";
import type { MountIdMap } from "../spec/id-map.ts";
import type { DetachedMountSpec } from "../spec/mount-spec.ts";
import { attach } from "./attach.ts";
import { copySteps } from "./copy-up.ts";
import { openTarget } from "./targets.ts";

/** What a tmpfs gives its root when it is told nothing, and there is no directory to take it from. */
const TMPFS_MODE = 0o1777;

/** fsopen(2) to fsmount(2): the descriptor of the mount, attached to nothing, goes to `mount`. */
export function newMount(
  doing: string,
  { type, source, parameters, attributes }: Pick<DetachedMountSpec, "type" | "source" | "parameters" | "attributes">,
  mount: Slot,
): Step[] {
  const context = slot("file system context");
  return [
    call(doing, "fsopen", [type, FSOPEN.CLOEXEC], { result: context }),
    call(doing, "fsconfig", [context, FSCONFIG.SET_STRING, "source", source, 0]),
    ...parameters.map(({ key, value }) =>
      value === undefined
        ? call(doing, "fsconfig", [context, FSCONFIG.SET_FLAG, key, 0, 0])
        : call(doing, "fsconfig", [context, FSCONFIG.SET_STRING, key, value, 0]),
    ),
    call(doing, "fsconfig", [context, FSCONFIG.CMD_CREATE, 0, 0, 0]),
    call(doing, "fsmount", [context, FSMOUNT.CLOEXEC, attributes], { result: mount }),
    call(doing, "close", [context]),
  ];
}

/** Maps the ids of a mount that is open. */
export type MapIds = (what: string, mount: Slot, map: MountIdMap) => Step;

/** Makes the mount, fills it and attaches it at its destination; `mount` stays open. */
export function detachedMountSteps(
  doing: string,
  spec: DetachedMountSpec,
  target: Slot,
  mount: Slot,
  mapIds: MapIds | undefined,
): Step[] {
  const mode = slot("mode");
  const status = buffer("statx", STATX_SIZE);
  const found: Step[] = [
    call(doing, "statx", [target, "", AT.EMPTY_PATH, STATX.MODE, status]),
    { op: "assign", slot: mode, value: at(status, STATX_OFFSET.mode) },
  ];
  return [
    ...newMount(doing, spec, mount),
    ...(spec.keepMode ? [{ op: "assign", slot: mode, value: TMPFS_MODE } as const] : []),
    openTarget(doing, spec.destination, target, { found: spec.keepMode ? found : [] }),
    ...(spec.contents.length > 0 ? copySteps(doing, spec.contents, target, mount) : []),
    // Of the descriptor's mount, since nothing can be said of what the path leads to; the kernel takes the permission bits alone.
    ...(spec.keepMode ? [call(doing, "fchmodat", [mount, ".", mode])] : []),
    ...(spec.idMap && mapIds ? [mapIds(`${spec.type} on ${spec.destination}`, mount, spec.idMap)] : []),
    attach(doing, mount, target),
    call(doing, "close", [target]),
  ];
}
