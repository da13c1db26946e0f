/** What a host has of cgroups: v1, v2, or hybrid, which is v1 with a v2 hierarchy beside it at /sys/fs/cgroup/unified. */
import { RuntimeError } from "../base/errors.ts";
import { E } from "../linux/errno.ts";
import { MAGIC } from "../linux/magic.ts";
import { STATFS_SIZE } from "../linux/stat.ts";
import { tolerating } from "../sys/ffi.ts";
import { readFile } from "../sys/file.ts";
import { type Membership, parseMemberships, rootOfMount } from "./hierarchies.ts";
import { CGROUP_ROOT, ownBelowMount } from "./path.ts";

/** A hierarchy that is mounted. */
export interface Hierarchy {
  /** As in CgroupRecord: `memory`, `cpu,cpuacct`, `systemd`, `unified`. */
  readonly controllers: string;
  readonly mountPoint: string;
}

/** The host's hierarchies: none where nobody has mounted any, as in a container that was given none. */
export interface Host {
  readonly version: 1 | 2;
  readonly hierarchies: readonly Hierarchy[];
}

/**
 * Looks at what is mounted: one statfs(2) on a v2 host, on v1 one read and one statfs(2) for each hierarchy. A hierarchy that
 * the kernel has but that is not mounted is left out. Throws SyscallError.
 */
export function detectHost(): Host {
  const version = fileSystem(CGROUP_ROOT) === MAGIC.CGROUP2_SUPER_MAGIC ? 2 : 1;
  if (version === 2) return { version, hierarchies: [{ controllers: "unified", mountPoint: CGROUP_ROOT }] };
  const hierarchies: Hierarchy[] = [];
  for (const { controllers } of memberships()) {
    const mountPoint = mountPointOf(controllers);
    if (mountPoint !== undefined) hierarchies.push({ controllers, mountPoint });
  }
  return { version, hierarchies };
}

/** @throws RuntimeError when the host has no cgroups at all */
export function needHierarchies({ hierarchies }: Host): void {
  if (hierarchies.length === 0) throw new RuntimeError(`no cgroup hierarchy is mounted below ${CGROUP_ROOT}`);
}

/**
 * The runtime's own cgroup in each hierarchy, in the order of `host.hierarchies`: "" for a mount's root, else from "/" on.
 * Throws SyscallError.
 */
export function ownCgroups(host: Host): string[] {
  const all = memberships();
  const own: string[] = [];
  let mountinfo: string | undefined;
  for (const { controllers, mountPoint } of host.hierarchies) {
    const path = all.find((membership) => membership.controllers === controllers)?.own ?? "/";
    if (path === "/") {
      own.push("");
      continue;
    }
    mountinfo ??= readFile("/proc/self/mountinfo");
    own.push(ownBelowMount(path, rootOfMount(mountinfo, mountPoint)));
  }
  return own;
}

function memberships(): Membership[] {
  return parseMemberships(readFile("/proc/self/cgroup"));
}

/** Co-mounted controllers have a directory of the joint name; where it spells them in another order, each has a symlink. */
function mountPointOf(controllers: string): string | undefined {
  const magic = controllers === "unified" ? MAGIC.CGROUP2_SUPER_MAGIC : MAGIC.CGROUP_SUPER_MAGIC;
  const joint = `${CGROUP_ROOT}/${controllers}`;
  if (fileSystem(joint) === magic) return joint;
  const comma = controllers.indexOf(",");
  if (comma < 0) return undefined;
  const single = `${CGROUP_ROOT}/${controllers.slice(0, comma)}`;
  return fileSystem(single) === magic ? single : undefined;
}

/** What the kernel fills in each time. */
const statfs = new Uint32Array(STATFS_SIZE / 4);

const MISSING = [E.ENOENT];

/** f_type of statfs(2); undefined when there is no such path. Throws SyscallError. */
function fileSystem(path: string): number | undefined {
  return tolerating(MISSING, "statfs", path, statfs) < 0 ? undefined : statfs[0];
}
