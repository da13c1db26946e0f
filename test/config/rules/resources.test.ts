import { rules } from "./table.ts";

const resources = (resources: object): { linux: object } => ({ linux: { resources } });
const memory = (limit: number, swap: number): { linux: object } => resources({ memory: { limit, swap } });
const cpu = (quota: number, burst: number): { linux: object } => resources({ cpu: { quota, burst } });
const weight = (more: object): { linux: object } =>
  resources({ blockIO: { weightDevice: [{ major: 8, minor: 0, ...more }] } });
const FILE = "must be named like a file of the cgroup: its name is";

rules({
  "swap as large as memory": { config: memory(2, 2) },
  "unlimited swap": { config: memory(2, -1) },
  "unlimited memory": { config: memory(-1, 1) },
  "memory and swap unchanged": { config: memory(2, 0) },
  "swap smaller than memory, which it includes": {
    config: memory(2, 1),
    faults: ["/linux/resources/memory/swap must be at least the memory limit, 2: it is 1"],
  },

  "a burst as large as the quota": { config: cpu(2, 2) },
  "a burst without quota": { config: cpu(-1, 2) },
  "a burst with the quota unchanged": { config: cpu(0, 2) },
  "a burst larger than the quota": {
    config: cpu(1, 2),
    faults: ["/linux/resources/cpu/burst must be at most the quota, 1: it is 2"],
  },

  "a device with a weight": { config: weight({ weight: 1 }) },
  "a device with a leaf weight": { config: weight({ leafWeight: 0 }) },
  "a device without weights": {
    config: weight({}),
    faults: ["/linux/resources/blockIO/weightDevice/0 must have a weight or a leafWeight: it has neither"],
  },

  "RDMA limits, one or the other": { config: resources({ rdma: { a: { hcaHandles: 0 }, b: { hcaObjects: 1 } } }) },
  "an RDMA device without limits": {
    config: resources({ rdma: { "a/b": {} } }),
    faults: ["/linux/resources/rdma/a~1b must have hcaHandles or hcaObjects: it has neither"],
  },

  "files of cgroup v2": { config: resources({ unified: { "memory.high": "max", "io.max": "8:0 rbps=1" } }) },
  "files that move processes": {
    config: resources({ unified: { "cgroup.procs": "1", "cgroup.threads": "1", "cgroup.freeze": "1" } }),
    faults: ["procs", "threads"].map(
      (name) =>
        `/linux/resources/unified/cgroup.${name} must be a limit: cgroup.${name} moves processes into the cgroup`,
    ),
  },
  "names that lead out of the cgroup": {
    config: resources({ unified: { "../x": "", "": "", ".": "", "..": "", "a/b": "" } }),
    faults: [
      `/linux/resources/unified/..~1x ${FILE} "../x"`,
      `/linux/resources/unified/ ${FILE} ""`,
      `/linux/resources/unified/. ${FILE} "."`,
      `/linux/resources/unified/.. ${FILE} ".."`,
      `/linux/resources/unified/a~1b ${FILE} "a/b"`,
    ],
  },
});
