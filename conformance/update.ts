/**
 * config-linux.md § Memory, checkBeforeUpdate: of limits that change while the container runs. The specification has no operation that
 * changes them; what runc, crun, youki and runt call `update --resources FILE` does.
 */
import { equal } from "node:assert/strict";
import { join } from "node:path";
import { MAP, PROT } from "../lib/linux/mman.ts";
import { read } from "../test/support/host.ts";
import { directory, isV2, resources } from "./cgroups.ts";
import { calls } from "./support/asks.ts";
import { must, skip } from "./support/requirement.ts";

const M = 1 << 20;
const USED = 24 * M;
const LIMIT = 64 * M;

/** Memory that the program has and does not give back. */
const memory = calls("mmap", 0, USED, PROT.READ | PROT.WRITE, MAP.PRIVATE | MAP.ANONYMOUS | MAP.POPULATE, -1, 0);

must(
  "memory-check-before-update",
  "config-linux.md § Memory",
  "checkBeforeUpdate […] If enabled (true), runtime MAY check if a new memory limit is lower than the current usage, and MUST reject the new limit.",
  async (c) => {
    if (!(await c.has("update"))) skip("the runtime has no command that changes limits");
    await c.running({ memory }, resources({ memory: { limit: LIMIT } }));
    const stdin = JSON.stringify({ memory: { limit: 4 * M, checkBeforeUpdate: true } });
    const { code } = await c.command(["update", "--resources", "-", c.id], { stdin });
    if (code === 0) skip("the runtime does not check, which it MAY leave out");
    const file = join(await directory(c, "memory"), isV2() ? "memory.max" : "memory.limit_in_bytes");
    equal(read(file).trim(), String(LIMIT));
    equal(await c.status(), "running");
  },
  { since: "1.1" },
);
