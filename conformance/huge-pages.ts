/** config-linux.md § Huge page limits. */
import { equal, ok } from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Hierarchy, hierarchies, read } from "../test/support/host.ts";
import { directory, isV2, resources } from "./cgroups.ts";
import { CANNOT, CREATE } from "./create.ts";
import { must, skip } from "./support/requirement.ts";

const SECTION = "config-linux.md § Huge page limits";
const LIMIT = 4 << 20;

/** The kernel's sizes, as its files have them: `2MB` for hugepages-2048kB. */
function sizes(): string[] {
  const names = existsSync("/sys/kernel/mm/hugepages") ? readdirSync("/sys/kernel/mm/hugepages") : [];
  return names.map((name) => {
    const kB = Number(/\d+/.exec(name));
    if (kB >= 1 << 20) return `${kB >> 20}GB`;
    return kB >= 1 << 10 ? `${kB >> 10}MB` : `${kB}KB`;
  });
}

/** The controllers of a cgroup2 mount, those that its root passes down or could; of v1, those of a hierarchy. */
function controllersOf({ version, path, controllers }: Hierarchy): readonly string[] {
  return version === 1 ? controllers : read(join(path, "cgroup.controllers")).trim().split(" ");
}

/** Whether a hierarchy of one of these versions counts huge pages: a hybrid machine may have it beside its others. */
function hasController(...versions: number[]): boolean {
  return hierarchies().some((one) => versions.includes(one.version) && controllersOf(one).includes("hugetlb"));
}

function size(): string {
  if (!hasController(isV2() ? 2 : 1)) skip("the machine has no hugetlb controller where its others are");
  return sizes()[0] ?? skip("the kernel has no huge pages");
}

must(
  "hugepages-limit",
  SECTION,
  "limit (uint64, REQUIRED) - limit in bytes of hugepagesize HugeTLB reservations (if supported) or usage.",
  async (c) => {
    const pageSize = size();
    const limit = pageSize.endsWith("GB") ? 1 << 30 : LIMIT;
    await c.created(resources({ hugepageLimits: [{ pageSize, limit }] }));
    const folder = await directory(c, "hugetlb");
    const file = (kind: string) => join(folder, `hugetlb.${pageSize}.${kind}${isV2() ? "max" : "limit_in_bytes"}`);
    // Reservations where the kernel accounts for them, else usage.
    const written = existsSync(file("rsvd.")) ? file("rsvd.") : file("");
    equal(read(written).trim(), String(limit));
  },
  { since: "1.1" },
);

must("hugepages-all-sizes", SECTION, "hugepageLimits (array of objects, OPTIONAL)", async (c) => {
  size();
  await c.created(resources({ hugepageLimits: sizes().map((pageSize) => ({ pageSize, limit: 0 })) }));
  const folder = await directory(c, "hugetlb");
  for (const pageSize of sizes()) {
    const [rsvd, usage] = ["rsvd.", ""].map((kind) =>
      join(folder, `hugetlb.${pageSize}.${kind}${isV2() ? "max" : "limit_in_bytes"}`),
    );
    ok(
      [rsvd, usage].some((file) => file && existsSync(file) && read(file).trim() === "0"),
      pageSize,
    );
  }
});

must("hugepages-without-controller", CREATE, CANNOT, async (c) => {
  if (hasController(1, 2)) skip("the machine has a hugetlb controller");
  await c.refused(resources({ hugepageLimits: [{ pageSize: sizes()[0] ?? "2MB", limit: 0 }] }));
});
