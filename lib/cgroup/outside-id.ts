/** Ids of a user namespace as the world around it knows them, user_namespaces(7). */

/** The id outside, by /proc/PID/uid_map, of `id`; undefined when the map has none for it. */
export function outsideId(map: string, id: number): number | undefined {
  for (const line of map.split("\n")) {
    const [inside = Number.NaN, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (id >= inside && id < inside + count) return outside + id - inside;
  }
  return undefined;
}
