/** The container's user namespace, config-linux.md § User namespace mappings and user_namespaces(7). */
import type { OciConfig } from "../config/schema.ts";
import { CAPABILITIES } from "../linux/capabilities.ts";

/** What is to be done about user ids. */
export interface UserNamespaceSpec {
  /** Of a new one; none of one that is joined. */
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  /** The runtime may enter the container's mount namespace with the rights of the host, and open there what is to be mounted. */
  readonly openedByHost: boolean;
}

/** A range of ids: `containerID` and those after it in the namespace are `hostID` and those after it outside. */
export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

/** @param host whether the runtime has a capability: asked when there is a user namespace */
export function userNamespaceSpec(
  { linux }: Pick<OciConfig, "linux">,
  { capable }: { readonly capable: (capability: number) => boolean },
): UserNamespaceSpec | undefined {
  const namespace = linux?.namespaces?.find(({ type }) => type === "user");
  if (namespace === undefined) return undefined;
  const joined = Boolean(namespace.path);
  const ownMounts = linux?.namespaces?.some(({ type, path }) => type === "mount" && !path) ?? false;
  return {
    uidMappings: joined ? [] : (linux?.uidMappings ?? []),
    gidMappings: joined ? [] : (linux?.gidMappings ?? []),
    // setns(2) into a mount namespace takes both.
    openedByHost: ownMounts && capable(CAPABILITIES.CAP_SYS_ADMIN) && capable(CAPABILITIES.CAP_SYS_CHROOT),
  };
}

/** What /proc/PID/uid_map or gid_map has, user_namespaces(7). */
export function parseIdMap(text: string): IdMapping[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [containerID = 0, hostID = 0, size = 0] = line.trim().split(/\s+/).map(Number);
      return { containerID, hostID, size };
    });
}

/** What `id` is outside; undefined when it is not mapped. */
export function outsideId(mappings: readonly IdMapping[], id: number): number | undefined {
  const range = mappings.find(({ containerID, size }) => containerID <= id && id < containerID + size);
  return range && range.hostID + id - range.containerID;
}
