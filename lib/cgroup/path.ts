/** The place of a container in the cgroup hierarchies, config-linux.md § Cgroups Path, as the cgroupfs manager takes it. */
import { RuntimeError } from "../base/errors.ts";
import { cleanPath } from "../spec/paths.ts";

/** Where every distribution mounts the hierarchies: v2 itself, or a directory with a mount for each of v1's. */
export const CGROUP_ROOT = "/sys/fs/cgroup";

/** The mount point of the hierarchy that the cgroup directory `path` is in. */
export function mountPointOf(version: 1 | 2, path: string): string {
  if (version === 2) return CGROUP_ROOT;
  const end = path.indexOf("/", CGROUP_ROOT.length + 1);
  return end < 0 ? path : path.slice(0, end);
}

/** A cleaned path, and what it starts from. */
export interface Place {
  /** Below the cgroup that the runtime itself is in, instead of below the hierarchy's mount point. */
  readonly relative: boolean;
  /** Starts with "/", has no ".", ".." or empty component. */
  readonly path: string;
}

/**
 * An absolute cgroupsPath counts from the mount point of each hierarchy, a relative one from the runtime's own cgroup; without
 * one the container's id is the relative path. That is what runc does.
 * @throws RuntimeError for the root of the hierarchies, and for systemd's `slice:prefix:name`
 */
export function cgroupPlace(cgroupsPath: string | undefined, id: string): Place {
  if (cgroupsPath === undefined || cgroupsPath === "") return { relative: true, path: `/${id}` };
  const relative = !cgroupsPath.startsWith("/");
  if (relative && cgroupsPath.split(":").length === 3) {
    throw new RuntimeError(
      `linux.cgroupsPath ${JSON.stringify(cgroupsPath)} is a slice:prefix:name, which the systemd cgroup manager takes: ` +
        "the cgroupfs manager takes a path",
    );
  }
  const path = cleanPath(cgroupsPath);
  if (path === "/") {
    throw new RuntimeError(
      `linux.cgroupsPath ${JSON.stringify(cgroupsPath)} is the root of the hierarchies: a container needs a cgroup of its own`,
    );
  }
  return { relative, path };
}

/**
 * Where the runtime's own cgroup lies below a mount point. In a container without a cgroup namespace /proc/self/cgroup tells the
 * host's path while only a part of the hierarchy, below `root`, is mounted.
 * @param own path of /proc/self/cgroup
 * @param root what the mount shows as its root, field 4 of /proc/self/mountinfo
 * @returns "" or a path that starts with "/"
 */
export function ownBelowMount(own: string, root: string): string {
  const path = cleanPath(own);
  const top = cleanPath(root);
  if (top === "/") return path === "/" ? "" : path;
  // A cgroup that the mount does not show has no path below it: the mount's own root is the nearest that there is.
  return path.startsWith(`${top}/`) ? path.slice(top.length) : "";
}

/** The directory a path of at least one component is in: "" for "/x". */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
