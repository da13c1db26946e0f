/** config-linux.md § Unified: files of cgroup v2, and what of v1 has no like there. */
import { equal } from "node:assert/strict";
import { join } from "node:path";
import type { Config } from "../test/support/bundle.ts";
import { read } from "../test/support/host.ts";
import { directory, isV2, resources } from "./cgroups.ts";
import { must, skip } from "./support/requirement.ts";

const UNIFIED = "config-linux.md § Unified";
const unified = (map: Config): Config => ({ ociVersion: "1.1.0", ...resources({ unified: map }) });
const SINCE = { since: "1.1" };

function needsV2(): void {
  if (!isV2()) skip("needs cgroup v2");
}

must(
  "unified-written",
  UNIFIED,
  "The OCI runtime MUST ensure that the needed cgroup controllers are enabled for the cgroup.",
  async (c) => {
    needsV2();
    await c.created(unified({ "memory.high": "50331648", "pids.max": "44" }));
    equal(read(join(await directory(c, "memory"), "memory.high")).trim(), "50331648");
    equal(read(join(await directory(c, "pids"), "pids.max")).trim(), "44");
  },
  SINCE,
);

must(
  "unified-unknown-to-the-runtime",
  UNIFIED,
  "Configuration unknown to the runtime MUST still be written to the relevant file.",
  async (c) => {
    needsV2();
    await c.created(unified({ "cgroup.max.depth": "7" }));
    equal(read(join(await directory(c, "memory"), "cgroup.max.depth")).trim(), "7");
  },
  SINCE,
);

for (const [name, map] of Object.entries({ controller: { "nosuch.max": "1" }, file: { "memory.nosuch": "1" } })) {
  must(
    `unified-no-such-${name}`,
    UNIFIED,
    "The runtime MUST generate an error when the configuration refers to a cgroup controller that is not present or that cannot be enabled.",
    async (c) => {
      needsV2();
      await c.refused(unified(map));
    },
    SINCE,
  );
}

/** Settings of v1 that no file of v2 stands for. */
const V1_ONLY = {
  impossible: { network: { classID: 1_048_577 } },
  "impossible-priorities": { network: { priorities: [{ name: "lo", priority: 5 }] } },
  "impossible-swappiness": { memory: { swappiness: 17 } },
  "impossible-oom-killer": { memory: { disableOOMKiller: true } },
  "impossible-leaf-weight": { blockIO: { leafWeight: 200 } },
  "impossible-realtime": { cpu: { realtimePeriod: 1_000_000, realtimeRuntime: 950_000 } },
};
for (const [name, change] of Object.entries(V1_ONLY)) {
  must(
    `unified-conversion-${name}`,
    UNIFIED,
    "If the conversion is not possible the runtime MUST generate an error.",
    async (c) => {
      needsV2();
      await c.refused(resources(change));
    },
    SINCE,
  );
}

must(
  "unified-without-v2",
  UNIFIED,
  "The runtime MUST generate an error when the configuration refers to a cgroup controller that is not present or that cannot be enabled.",
  async (c) => {
    if (isV2()) skip("this is a cgroup v2 machine");
    await c.refused(unified({ "memory.high": "50331648" }));
  },
  SINCE,
);
