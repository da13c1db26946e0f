/** config-linux.md § IntelRdt: what can be shown where there is no resctrl file system, as on most machines. */
import { existsSync } from "node:fs";
import type { Config } from "../test/support/bundle.ts";
import { must, skip, versionOf } from "./support/requirement.ts";

const SECTION = "config-linux.md § IntelRdt";

function needsNone(): void {
  if (existsSync("/sys/fs/resctrl/schemata")) skip("the machine has resctrl: a case would change its settings");
}

/** Each form of it asks for a group, the empty one too: for one of the container's own. */
const FORMS: Readonly<Record<string, readonly [Config, string]>> = {
  "not-there": [{ l3CacheSchema: "L3:0=f" }, "1.0"],
  "empty-not-there": [{}, "1.0"],
  "default-not-there": [{ closID: "/" }, "1.3"],
  "memory-bandwidth-not-there": [{ memBwSchema: "MB:0=20" }, "1.0.2"],
  "schemata-not-there": [{ schemata: ["L3:0=f", "MB:0=20"] }, "1.3"],
  "monitoring-not-there": [{ enableMonitoring: true }, "1.3"],
};
for (const [id, [intelRdt, since]] of Object.entries(FORMS)) {
  must(
    `intel-rdt-${id}`,
    SECTION,
    "If no mounted resctrl pseudo-filesystem is available in the runtime mount namespace, the runtime MUST generate an error.",
    async (c) => {
      needsNone();
      await c.refused({ ociVersion: versionOf(since), linux: { intelRdt } });
    },
    { since },
  );
}

const WRONG: Readonly<Record<string, readonly [string, Config, string]>> = {
  "mem-bw-prefix": ["memBwSchema […] The value MUST start with MB:", { memBwSchema: "0=20" }, "1.0.2"],
  "mem-bw-newline": ["memBwSchema […] MUST NOT contain newlines.", { memBwSchema: "MB:0=20\nL3:0=f" }, "1.0.2"],
  "schemata-newline": ["schemata […] The value MUST NOT contain newlines.", { schemata: ["L3:0=f\nMB:0=20"] }, "1.3"],
};
for (const [id, [quote, intelRdt, since]] of Object.entries(WRONG)) {
  must(
    `intel-rdt-${id}`,
    SECTION,
    quote,
    async (c) => {
      await c.refused({ ociVersion: versionOf(since), linux: { intelRdt } });
    },
    { since },
  );
}
