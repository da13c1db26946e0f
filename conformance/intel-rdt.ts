/** config-linux.md § IntelRdt: what can be shown where there is no resctrl file system, as on most machines. */
import { existsSync } from "node:fs";
import { must, skip } from "./support/requirement.ts";

const SECTION = "config-linux.md § IntelRdt";

function needsNone(): void {
  if (existsSync("/sys/fs/resctrl/schemata")) skip("the machine has resctrl: a case would change its settings");
}

must(
  "intel-rdt-not-there",
  SECTION,
  "If no mounted resctrl pseudo-filesystem is available in the runtime mount namespace, the runtime MUST generate an error.",
  async (c) => {
    needsNone();
    await c.refused({ linux: { intelRdt: { closID: c.id, l3CacheSchema: "L3:0=f" } } });
  },
);

must(
  "intel-rdt-mem-bw-prefix",
  SECTION,
  "memBwSchema […] The value MUST start with MB: and MUST NOT contain newlines.",
  async (c) => {
    await c.refused({ linux: { intelRdt: { memBwSchema: "0=20" } } });
  },
);

must(
  "intel-rdt-schemata-newline",
  SECTION,
  "schemata […] The value MUST NOT contain newlines.",
  async (c) => {
    await c.refused({ ociVersion: "1.3.0", linux: { intelRdt: { schemata: ["L3:0=f\nMB:0=20"] } } });
  },
  { since: "1.3" },
);
