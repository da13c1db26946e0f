/** config-linux.md § IntelRdt on a machine without resctrl: an error; with it, the groups are tested in test/resctrl. */
import { readFileSync } from "node:fs";
import { test } from "tap";
import { refused } from "../support/container.ts";

const mounted = / - resctrl /.test(readFileSync("/proc/self/mountinfo", "utf8")) && "resctrl is mounted";

test("intelRdt: without a mounted resctrl create fails", { skip: mounted }, async (t) => {
  for (const intelRdt of [{}, { closID: "/" }, { l3CacheSchema: "L3:0=f" }, { enableMonitoring: true }]) {
    t.match(
      await refused(t, { linux: { intelRdt } }),
      /linux\.intelRdt needs the resctrl file system, and none is mounted/,
    );
  }
});

test("intelRdt: wrong values are told with the configuration's other faults", async (t) => {
  const intelRdt = { closID: "a/b", memBwSchema: "L3:0=f", schemata: ["L3:0=f\nMB:0=1"] };
  const error = await refused(t, { linux: { intelRdt } });
  for (const pointer of ["closID", "memBwSchema", "schemata/0"]) t.match(error, `/linux/intelRdt/${pointer} must be`);
});
