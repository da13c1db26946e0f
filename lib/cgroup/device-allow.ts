/**
 * Device rules as systemd takes them, systemd.resource-control(5) § DeviceAllow. On v1 a reload of systemd writes its own list
 * over ours; on v2 its program is asked besides ours, and both must allow.
 */
import type { DeviceRule } from "../config/schema.ts";
import { accessOf, DEFAULT_DEVICES, isEverything, SPELLINGS } from "./device-rules.ts";
import { outcomeOf } from "./devices.ts";

/** A device node, or a group of them, and letters of accesses. */
type Allowed = readonly [node: string, access: string];

/**
 * The devices that are allowed where no others are; undefined when the rules allow all but some, for which systemd has no word.
 * On v1 no more than the rules allow, on v2 no less.
 */
export function allowedDevices(rules: readonly DeviceRule[], version: 1 | 2): Allowed[] | undefined {
  const last = rules.findLastIndex(isEverything);
  if (rules[last]?.allow) return undefined;
  const allowed = version === 1 ? [...outcomeOf(rules).exceptions] : permissions(rules.slice(last + 1));
  const found = new Map<string, number>();
  for (const [about, access] of allowed) {
    const node = nodeOf(about, version === 2);
    if (node !== undefined) found.set(node, (found.get(node) ?? 0) | access);
  }
  return [...found].map(([node, access]) => [node, SPELLINGS[access] as string]);
}

/** What is allowed, whatever is denied of it. */
function permissions(rules: readonly DeviceRule[]): [about: string, access: number][] {
  const found: [string, number][] = DEFAULT_DEVICES.map(({ type, major, minor, access }) => [
    `${type} ${major}:${minor}`,
    access,
  ]);
  rules.forEach(({ allow, type = "a", major = -1, minor = -1, access }, index) => {
    if (!allow) return;
    for (const each of type === "a" ? ["b", "c"] : [type]) {
      found.push([`${each} ${major}:${minor}`, accessOf(access, index)]);
    }
  });
  return found;
}

/** `c 1:3`, `b 8:*`, `c -1:-1` in systemd's words; of one minor number of every major one, everything or nothing. */
function nodeOf(about: string, orMore: boolean): string | undefined {
  const [, type, major = "", minor = ""] = /^(.) (.+):(.+)$/.exec(about.replaceAll("-1", "*")) ?? [];
  const kind = type === "b" ? "block" : "char";
  if (major !== "*") return minor === "*" ? `${kind}-${major}` : `/dev/${kind}/${major}:${minor}`;
  return minor === "*" || orMore ? `${kind}-*` : undefined;
}
