/** config.md § POSIX process: rlimits. */
import { match } from "node:assert/strict";
import type { Config } from "../test/support/bundle.ts";
import { reads } from "./support/asks.ts";
import { invalid, must } from "./support/requirement.ts";

const SECTION = "config.md § POSIX process";
const CURRENT =
  "For each entry in rlimits, a getrlimit(3) on type MUST succeed. rlim.rlim_cur MUST match the configured value.";
const MAXIMUM = "rlim.rlim_max MUST match the configured value.";

/** How /proc/PID/limits calls each, and values that differ from what a process has. */
const LIMITS = {
  AS: ["Max address space", 2 ** 30, 2 ** 31],
  CORE: ["Max core file size", 1024, 2048],
  CPU: ["Max cpu time", 1000, 2000],
  DATA: ["Max data size", 2 ** 29, 2 ** 30],
  FSIZE: ["Max file size", 2 ** 28, 2 ** 29],
  LOCKS: ["Max file locks", 33, 44],
  MEMLOCK: ["Max locked memory", 8192, 16384],
  MSGQUEUE: ["Max msgqueue size", 8192, 16384],
  NICE: ["Max nice priority", 0, 0],
  NOFILE: ["Max open files", 333, 555],
  NPROC: ["Max processes", 444, 666],
  RSS: ["Max resident set", 2 ** 20, 2 ** 21],
  RTPRIO: ["Max realtime priority", 0, 0],
  RTTIME: ["Max realtime timeout", 1000, 2000],
  SIGPENDING: ["Max pending signals", 77, 99],
  STACK: ["Max stack size", 2 ** 23, 2 ** 24],
} as const;

const rlimits = (...entries: Config[]): Config => ({ process: { rlimits: entries } });

for (const [name, [title, soft, hard]] of Object.entries(LIMITS)) {
  must(`rlimit-${name}`, SECTION, `${CURRENT} ${MAXIMUM}`, async (c) => {
    const { limits } = await c.ask(
      { limits: reads("/proc/self/limits") },
      rlimits({ type: `RLIMIT_${name}`, soft, hard }),
    );
    match(limits, new RegExp(`^${title} +${soft} +${hard} `, "m"));
  });
}

must("rlimit-infinity", SECTION, `${CURRENT} ${MAXIMUM}`, async (c) => {
  const entry = { type: "RLIMIT_CORE", soft: 18446744073709551615n, hard: 18446744073709551615n };
  const { limits } = await c.ask({ limits: reads("/proc/self/limits") }, rlimits(entry));
  match(limits, /^Max core file size +unlimited +unlimited /m);
});

for (const type of ["RLIMIT_UNKNOWN", "NOFILE", ""]) {
  must(
    `rlimit-unknown-${type || "empty"}`,
    SECTION,
    "The runtime MUST generate an error for any values which cannot be mapped to a relevant kernel interface.",
    async (c) => {
      await c.refused(rlimits({ type, soft: 100, hard: 100 }));
    },
  );
}

must(
  "rlimit-twice",
  SECTION,
  "If rlimits contains duplicated entries with same type, the runtime MUST generate an error.",
  async (c) => {
    await c.refused(
      rlimits({ type: "RLIMIT_NOFILE", soft: 100, hard: 100 }, { type: "RLIMIT_NOFILE", soft: 200, hard: 200 }),
    );
  },
);

invalid("rlimit-soft-above-hard", async (c) => {
  await c.refused(rlimits({ type: "RLIMIT_NOFILE", soft: 200, hard: 100 }));
});
