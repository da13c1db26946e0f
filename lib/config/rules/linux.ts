/** Rules of config-linux.md that concern one object of `linux` alone. */
import { parseList } from "../list.ts";
import { itIs, type Report, type Rule } from "../rule.ts";
import type { Linux } from "../schema.ts";
import { needId } from "./ids.ts";

export const LINUX_RULES: readonly Rule<Linux>[] = [
  { reads: ["/devices"], check: devices },
  { reads: ["/memoryPolicy"], check: memoryPolicy },
];

function devices({ devices: list = [] }: Linux, report: Report): void {
  for (let i = 0; i < list.length; i++) {
    const device = list[i];
    if (device === undefined) continue;
    const { type, major, minor, uid, gid } = device;
    if (type !== "p") {
      if (major === undefined) report(`/devices/${i}/major`, `be there for type ${type}`, itIs(major));
      if (minor === undefined) report(`/devices/${i}/minor`, `be there for type ${type}`, itIs(minor));
    }
    needId(uid, `/devices/${i}/uid`, report);
    needId(gid, `/devices/${i}/gid`, report);
  }
}

/** Which modes of set_mempolicy(2) take nodes. MPOL_PREFERRED may do without. */
const WITHOUT_NODES: readonly string[] = ["MPOL_DEFAULT", "MPOL_LOCAL"];
const WITH_NODES: readonly string[] = [
  "MPOL_BIND",
  "MPOL_INTERLEAVE",
  "MPOL_WEIGHTED_INTERLEAVE",
  "MPOL_PREFERRED_MANY",
];
const BALANCED: readonly string[] = ["MPOL_BIND", "MPOL_PREFERRED_MANY"];

function memoryPolicy({ memoryPolicy: policy }: Linux, report: Report): void {
  if (policy === undefined) return;
  const { mode, nodes = "", flags = [] } = policy;
  if (nodes !== "" && parseList(nodes) === undefined) {
    report("/memoryPolicy/nodes", "be a list of nodes such as 0-3,7", itIs(nodes));
  }
  if (nodes !== "" && WITHOUT_NODES.includes(mode)) {
    report("/memoryPolicy/nodes", `be empty with ${mode}`, itIs(nodes));
  } else if (nodes === "" && WITH_NODES.includes(mode)) {
    report("/memoryPolicy/nodes", `name at least one node with ${mode}`, itIs(policy.nodes));
  }
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i];
    if (flag === "MPOL_F_NUMA_BALANCING") {
      if (!BALANCED.includes(mode))
        report(`/memoryPolicy/flags/${i}`, "come with MPOL_BIND or MPOL_PREFERRED_MANY", `the mode is ${mode}`);
    } else if (nodes === "" && mode !== "MPOL_DEFAULT") {
      report(`/memoryPolicy/flags/${i}`, "come with nodes", `there are none for ${flag}`);
    }
  }
  const relative = flags.indexOf("MPOL_F_RELATIVE_NODES");
  if (relative !== -1 && flags.includes("MPOL_F_STATIC_NODES")) {
    report(`/memoryPolicy/flags/${relative}`, "come without MPOL_F_STATIC_NODES", "both are there");
  }
}
