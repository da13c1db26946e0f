/** Mapped ids of mounts: mount_setattr(2) with a user namespace, of which nothing but its maps matters. */
import { AT } from "../linux/fcntl.ts";
import { MOUNT_ATTR, MOUNT_ATTR_SIZE_VER0 } from "../linux/mount.ts";
import { call, type Slot, type Step, words } from "../program/step.ts";
import type { IdMap, MountIdMap } from "../spec/id-map.ts";
import type { MountSpec } from "../spec/mount-spec.ts";

/** The different maps of the mounts: a user namespace is needed for each. */
export function idMaps(mounts: readonly MountSpec[]): IdMap[] {
  const maps = new Map<string, IdMap>();
  for (const mount of mounts) {
    if ((mount.kind === "bind" || mount.kind === "detached") && mount.idMap) maps.set(keyOf(mount.idMap), mount.idMap);
  }
  return [...maps.values()];
}

function keyOf({ path, uidMappings, gidMappings }: IdMap): string {
  return path ?? JSON.stringify([uidMappings, gidMappings]);
}

/**
 * Maps the ids of the mount that `mount` has open, before anybody can see it.
 * @param all of idMaps
 * @param namespaces their descriptors, in the same order
 */
export function mapIds(
  what: string,
  mount: Slot,
  map: MountIdMap,
  all: readonly IdMap[],
  namespaces: readonly number[],
): Step {
  const namespace = namespaces[all.findIndex((each) => keyOf(each) === keyOf(map))] as number;
  const flags = AT.EMPTY_PATH | (map.recursive ? AT.RECURSIVE : 0);
  const doing = `map the ids of ${what} (${map.filesystem}${map.recursive ? ", and what is mounted below it" : ""})`;
  return call(doing, "mount_setattr", [
    mount,
    "",
    flags,
    words(MOUNT_ATTR.IDMAP, 0, 0, namespace),
    MOUNT_ATTR_SIZE_VER0,
  ]);
}
