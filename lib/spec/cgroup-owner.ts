/** To whom the container's cgroup is given, config-linux.md § Cgroup ownership. */
import type { OciConfig } from "../config/schema.ts";
import { outsideId } from "./user-namespace.ts";

/**
 * The user id, as the runtime's user namespace has it, of the container's process; undefined unless the container can use the
 * cgroup: it is of v2, the root of a cgroup namespace of the container's own, and mounted writable.
 */
export function cgroupOwner(
  { process, mounts, linux }: Pick<OciConfig, "process" | "mounts" | "linux">,
  version: 1 | 2,
): number | undefined {
  if (version !== 2 || !linux?.namespaces?.some(({ type, path }) => type === "cgroup" && !path)) return undefined;
  const writable = mounts?.some(({ type, options = [] }) => {
    const last = options.findLast((option) => option === "ro" || option === "rw");
    return (type === "cgroup" || type === "cgroup2") && last !== "ro";
  });
  if (!writable) return undefined;
  const uid = process?.user?.uid ?? 0;
  if (!linux.namespaces.some(({ type }) => type === "user")) return uid;
  return outsideId(linux.uidMappings ?? [], uid);
}
