/** The mounts of config.json, in their order. */
import { MS } from "../linux/mount.ts";
import { call, type Slot, type Step, slot } from "../program/step.ts";
import type { MountSpec, RemountSpec } from "../spec/mount-spec.ts";
import { changeSteps, changes, makeReadonly, newPropagation, propagationChanges } from "./attach.ts";
import { cgroupMountSteps } from "./cgroup-mount.ts";
import { detachedMountSteps, type MapIds } from "./detached.ts";
import type { TableMount } from "./mount-cells.ts";
import { MOUNT, mountTable, type SourceOf } from "./mount-table.ts";
import { copySymlinkSteps } from "./symlinks.ts";
import { HOW, openInRoot, ROOT } from "./targets.ts";

export interface MountsSteps {
  readonly make: Step[];
  /** To be done once nothing is left to be made in the container's file system. */
  readonly finish: Step[];
}

/** Mounts everything in the container's root; a mount on "/" becomes the root. */
export function mountsSteps(
  mounts: readonly MountSpec[],
  sourceOf: SourceOf = () => undefined,
  mapIds?: MapIds,
): MountsSteps {
  const make: Step[] = [];
  const finish: Step[] = [];
  const target = slot("target");
  // A mount that comes to lie below a shared one becomes shared when it is attached, and must be told otherwise afterwards.
  let shared = false;
  let tabled: TableMount[] = [];
  let sharedOfTabled: boolean[] = [];
  const endTable = (): void => {
    if (tabled.length > 0) make.push(mountTable(tabled, sharedOfTabled, sourceOf));
    tabled = [];
    sharedOfTabled = [];
  };
  for (const spec of mounts) {
    const { kind, destination } = spec;
    if (kind === "bind" || kind === "filesystem") {
      tabled.push(spec);
      sharedOfTabled.push(shared);
    } else endTable();
    switch (kind) {
      case "detached": {
        const doing = `mount ${spec.type} on ${destination}`;
        const mount = slot("file system");
        make.push(...detachedMountSteps(doing, spec, target, mount, mapIds));
        make.push(...changeSteps(doing, mount, newPropagation(spec.propagation, shared)));
        if (destination === "/") make.push({ op: "assign", slot: ROOT, value: mount });
        else if (!spec.readonly) make.push(call(doing, "close", [mount]));
        if (spec.readonly) finish.push(makeReadonly(`make ${destination} read-only`, mount));
        break;
      }
      case "cgroup":
        make.push(...cgroupMountSteps(spec, target, newPropagation(spec.propagation, shared)));
        break;
      case "remount":
        make.push(...remountSteps(spec, target));
        break;
      case "symlink":
        make.push(...copySymlinkSteps(spec, target));
        continue;
    }
    shared ||= spec.propagation.some((flags) => (flags & MS.SHARED) !== 0);
    if (kind === "bind" && destination === "/") {
      endTable();
      make.push({ op: "assign", slot: ROOT, value: MOUNT });
    }
  }
  endTable();
  return { make, finish };
}

function remountSteps(spec: RemountSpec, target: Slot): Step[] {
  const { destination, filesystem, propagation } = spec;
  const doing = `remount ${destination}`;
  const { attributes, recursiveAttributes } = spec;
  const last = filesystem
    ? propagationChanges(propagation)
    : changes(attributes, recursiveAttributes, propagation, false);
  return [
    openInRoot(doing, destination, HOW.any, target),
    ...(filesystem
      ? [
          call(doing, "fchdir", [target]),
          call(doing, "mount", [
            0,
            ".",
            0,
            MS.REMOUNT | filesystem.flags,
            filesystem.data === "" ? 0 : filesystem.data,
          ]),
        ]
      : []),
    ...changeSteps(doing, target, last),
    call(doing, "close", [target]),
  ];
}
