/** Namespaces of config-linux.md: those to make are bits of one clone3(2), those with a path are joined by setns(2) before it. */
import { RuntimeError } from "../base/errors.ts";
import type { OciConfig } from "../config/schema.ts";
import { CLONE } from "../linux/sched.ts";
import { ANNOTATIONS } from "./annotations.ts";
import type { NamespacesSpec } from "./container-spec.ts";

/** The namespace types this version makes and joins, with their CLONE_NEW* flag. */
export const NAMESPACES: Readonly<Record<string, number>> = {
  user: CLONE.NEWUSER,
  cgroup: CLONE.NEWCGROUP,
  ipc: CLONE.NEWIPC,
  uts: CLONE.NEWUTS,
  network: CLONE.NEWNET,
  pid: CLONE.NEWPID,
  time: CLONE.NEWTIME,
  // Last: a path to join may lie in the mount namespace that is being left.
  mount: CLONE.NEWNS,
};

/**
 * The container's namespaces: `linux.namespaces`, each type once (the rules of config/ see to that).
 * @param inheritsMounts its mount namespace is the runtime's own: to join that would leave the directories that are entered
 */
export function namespacesSpec(
  config: Pick<OciConfig, "linux" | "annotations">,
  inheritsMounts = false,
): NamespacesSpec {
  const listed = config.linux?.namespaces ?? [];
  let create = 0;
  const join: { flag: number; path: string }[] = [];
  for (const type in NAMESPACES) {
    const namespace = listed.find((each) => each.type === type);
    if (namespace === undefined || (inheritsMounts && type === "mount")) continue;
    const flag = NAMESPACES[type] as number;
    if (namespace.path === undefined || namespace.path === "") create |= flag;
    else join.push({ flag, path: namespace.path });
  }
  const offsets = timeOffsets(config);
  return {
    create,
    join,
    timeOffsets: offsets.length === 0 && create & CLONE.NEWTIME ? annotatedOffsets(config) : offsets,
  };
}

/** Those of crun's annotation, in the same form. @throws RuntimeError for a line of another */
function annotatedOffsets({ annotations }: Pick<OciConfig, "annotations">): string[] {
  const lines = (annotations?.[ANNOTATIONS.timeOffsets] ?? "").split("\n").filter((line) => line.trim() !== "");
  for (const line of lines) {
    if (/^\s*(monotonic|boottime|[17])\s+-?\d+\s+\d+\s*$/.test(line)) continue;
    const form = "lines like monotonic 86400 0";
    throw new RuntimeError(`annotation ${ANNOTATIONS.timeOffsets} must have ${form}: one is ${JSON.stringify(line)}`);
  }
  return lines;
}

/** `monotonic 86400 0`, one line a clock: the names are those of config.json, an offset that is not given is 0. */
function timeOffsets({ linux }: Pick<OciConfig, "linux">): string[] {
  const offsets = linux?.timeOffsets;
  if (offsets === undefined) return [];
  return Object.entries(offsets).map(([clock, { secs = 0, nanosecs = 0 }]) => `${clock} ${secs} ${nanosecs}`);
}
