import { rules } from "./table.ts";

const device = (more: object): { linux: object } => ({ linux: { devices: [{ path: "/dev/a", ...more }] } });
const policy = (mode: string, nodes?: string, flags: readonly string[] = []): { linux: object } => ({
  linux: { memoryPolicy: { mode, ...(nodes === undefined ? {} : { nodes }), flags } },
});
const NODES = "/linux/memoryPolicy/nodes";
const FLAG = "/linux/memoryPolicy/flags";

rules({
  "a device with its number": { config: device({ type: "c", major: 1, minor: 3 }) },
  "a FIFO without number": { config: device({ type: "p" }) },
  "a device without its number": {
    config: device({ type: "b" }),
    faults: [
      "/linux/devices/0/major must be there for type b: it is missing",
      "/linux/devices/0/minor must be there for type b: it is missing",
    ],
  },
  "a device without its minor number": {
    config: device({ type: "u", major: 0 }),
    faults: ["/linux/devices/0/minor must be there for type u: it is missing"],
  },
  "a device of nobody": {
    config: device({ type: "p", uid: 4294967295, gid: 4294967295 }),
    faults: [
      "/linux/devices/0/uid must be below 4294967295, which stands for no id: it is 4294967295",
      "/linux/devices/0/gid must be below 4294967295, which stands for no id: it is 4294967295",
    ],
  },

  "the default policy": { config: policy("MPOL_DEFAULT") },
  "the local policy": { config: policy("MPOL_LOCAL", "") },
  "preferring nowhere": { config: policy("MPOL_PREFERRED") },
  "preferring a node": { config: policy("MPOL_PREFERRED", "1", ["MPOL_F_STATIC_NODES"]) },
  binding: { config: policy("MPOL_BIND", "0-3,7", ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES"]) },
  "nodes that are no list": {
    config: policy("MPOL_BIND", "0-"),
    faults: [`${NODES} must be a list of nodes such as 0-3,7: it is "0-"`],
  },
  "the default policy with nodes": {
    config: policy("MPOL_DEFAULT", "0"),
    faults: [`${NODES} must be empty with MPOL_DEFAULT: it is "0"`],
  },
  "the local policy with nodes": {
    config: policy("MPOL_LOCAL", "0"),
    faults: [`${NODES} must be empty with MPOL_LOCAL: it is "0"`],
  },
  ...Object.fromEntries(
    ["MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE", "MPOL_PREFERRED_MANY"].map((mode) => [
      `${mode} without nodes`,
      { config: policy(mode), faults: [`${NODES} must name at least one node with ${mode}: it is missing`] },
    ]),
  ),
  "balancing with a policy that has none": {
    config: policy("MPOL_INTERLEAVE", "0-1", ["MPOL_F_NUMA_BALANCING"]),
    faults: [`${FLAG}/0 must come with MPOL_BIND or MPOL_PREFERRED_MANY: the mode is MPOL_INTERLEAVE`],
  },
  "flags about nodes without nodes": {
    config: policy("MPOL_LOCAL", "", ["MPOL_F_STATIC_NODES"]),
    faults: [`${FLAG}/0 must come with nodes: there are none for MPOL_F_STATIC_NODES`],
  },
  "flags that exclude each other": {
    config: policy("MPOL_BIND", "0", ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]),
    faults: [`${FLAG}/1 must come without MPOL_F_STATIC_NODES: both are there`],
  },
});
