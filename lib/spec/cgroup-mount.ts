/** Mounts that show cgroups, config.md § Mounts: which part of them the container sees, and whether it may be written. */
import { MS } from "../linux/mount.ts";
import { mountAttributes } from "./mount-options.ts";
import type { BindMountSpec, CgroupMountSpec } from "./mount-spec.ts";

/** Sources that have the host's cgroups in them. */
export const SHOWS_CGROUPS = /^\/sys(\/fs(\/cgroup(\/.*)?)?)?\/?$/;

export interface CgroupView {
  readonly cgroupNamespace: boolean;
  /**
   * Cgroups are seen as the host has them by somebody who may be the owner of some of them, without being the host's root: they must
   * not be written (CVE-2023-25809), and the kernel lets nobody mount the file system.
   */
  closed(): boolean;
}

/** What config.json says of the mount. */
interface Asked {
  readonly destination: string;
  /** MS_* of mount(2). */
  readonly flags: number;
  /** Options of the file system, joined by commas. */
  readonly data: string;
  readonly propagation: readonly number[];
}

/**
 * On a v1 or hybrid host a cgroup file system shows v1, as its engines expect. undefined: it is one of cgroup2, like any other.
 * @param cgroups the container's, with the host's version of them
 */
export function cgroupSpec(
  { destination, flags: asked, data, propagation }: Asked,
  { version, paths }: { readonly version: 1 | 2; readonly paths: Readonly<Record<string, string>> },
  { cgroupNamespace, closed }: CgroupView,
  warn: (message: string) => void,
): CgroupMountSpec | BindMountSpec | undefined {
  const isClosed = (version === 2 || (asked & MS.RDONLY) === 0) && closed();
  const flags = isClosed ? asked | MS.RDONLY : asked;
  if (version === 2) return isClosed ? boundCgroups(destination, flags, propagation) : undefined;
  if (data !== "") {
    warn(
      `mount on ${destination}: ${JSON.stringify(data)} is ignored: on cgroup v1 it shows all hierarchies, each as it is`,
    );
  }
  const hierarchies = Object.keys(paths)
    .filter((controllers) => controllers !== "unified")
    .map((controllers) => ({ controllers, directory: cgroupNamespace ? undefined : paths[controllers] }));
  return { kind: "cgroup", destination, flags, hierarchies, propagation };
}

/** The host's mount, with what lies below it, read-only. */
function boundCgroups(destination: string, flags: number, propagation: readonly number[]): BindMountSpec {
  const attributes = mountAttributes(flags, 0);
  return {
    kind: "bind",
    destination,
    source: CGROUP_ROOT,
    recursive: true,
    followSource: true,
    followDestination: true,
    sourceIsFile: false,
    attributes,
    recursiveAttributes: attributes,
    propagation,
    idMap: undefined,
  };
}

/** Where every distribution mounts them. */
const CGROUP_ROOT = "/sys/fs/cgroup";
