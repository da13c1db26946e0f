/** Cases of the conformance suite as tests of runt. */
import { test } from "tap";
import { cases } from "../../conformance/cases.ts";
import { judge } from "../../conformance/support/measure.ts";
import type { Requirement } from "../../conformance/support/requirement.ts";
import { meet, type Runtime } from "../../conformance/support/runtime.ts";
import { RUNT } from "../support/command.ts";
import { PATIENCE } from "../support/host.ts";

/** Seconds for a case: on a busy machine, all take long. */
const LIMIT = 60 * PATIENCE;

/** Where runt does not do what the specification asks for, and why. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  "delete-created": "as runc and crun, runt ends and deletes a created container: engines rely on it",
};

const CGROUPS =
  /^config-linux\.md § (Control groups|Cgroup|Allowed Device list|Memory$|CPU|PIDs|Block IO|Huge page limits|Network$|RDMA|Unified)/;

/** Whether what the case shows depends on the machine's cgroups. */
export function isOfCgroups({ id, section }: Requirement): boolean {
  return CGROUPS.test(section) || /^(cgroups|resources|hugepages)-/.test(id);
}

/** Makes a test of each case that is wanted. */
export function testCases(isWanted: (requirement: Requirement) => boolean): void {
  const runtime = meet([RUNT])[0] as Runtime;
  for (const requirement of cases.filter(isWanted)) {
    const { id, section, level, quote } = requirement;
    test(`${id}: ${section}, ${level}: ${quote}`, { timeout: 2 * LIMIT * 1000 }, async (t) => {
      const { outcome, why } = await judge(requirement, runtime, { limit: LIMIT });
      const deviation = DEVIATIONS[id];
      // What a runtime MAY leave out, runt has.
      if (outcome === "skipped" && !why.startsWith("the runtime ")) t.plan(0, why);
      else if (deviation !== undefined) t.equal(outcome, "failed", deviation);
      else t.equal(outcome, "passed", why || quote);
    });
  }
}
