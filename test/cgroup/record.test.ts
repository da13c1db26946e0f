import { test } from "tap";
import { directoryOf, joinOf } from "../../lib/cgroup/record.ts";
import type { CgroupRecord } from "../../lib/spec/cgroup-record.ts";

const HYBRID: CgroupRecord = {
  version: 1,
  paths: { "cpu,cpuacct": "/c/cpu,cpuacct/x", memory: "/c/memory/x", systemd: "/c/systemd/x", unified: "/c/unified/x" },
};
const V2: CgroupRecord = { version: 2, paths: { unified: "/c/x" } };

test("directoryOf() finds controllers that are mounted together", async (t) => {
  t.equal(directoryOf(HYBRID, "memory"), "/c/memory/x");
  t.equal(directoryOf(HYBRID, "cpuacct"), "/c/cpu,cpuacct/x");
  t.equal(directoryOf(HYBRID, "cpu"), "/c/cpu,cpuacct/x");
  t.equal(directoryOf(HYBRID, "pids"), undefined);
  t.equal(directoryOf(V2, "memory"), undefined);
});

test("joinOf() has the tasks of v1 and the directory of v2", async (t) => {
  t.strictSame(joinOf(HYBRID), {
    tasks: ["/c/cpu,cpuacct/x/tasks", "/c/memory/x/tasks", "/c/systemd/x/tasks"],
    memory: "/c/memory/x/tasks",
    unified: "/c/unified/x",
  });
  t.strictSame(joinOf(V2), { tasks: [], memory: undefined, unified: "/c/x" });
});
