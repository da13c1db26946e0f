import { test } from "tap";
import type { Namespace, OciConfig } from "../../lib/config/schema.ts";
import { CLONE } from "../../lib/linux/sched.ts";
import { namespacesSpec } from "../../lib/spec/namespaces.ts";

const spec = (...namespaces: Namespace[]) => namespacesSpec({ linux: { namespaces } });

test("namespaces without a path are made, as bits of one clone", async (t) => {
  const create = CLONE.NEWPID | CLONE.NEWNS | CLONE.NEWNET;
  t.same(spec({ type: "pid" }, { type: "mount" }, { type: "network", path: "" }), {
    create,
    join: [],
    timeOffsets: [],
  });
});

test("namespaces with a path are joined, the mount namespace last", async (t) => {
  const { create, join } = spec(
    { type: "mount", path: "/m" },
    { type: "uts", path: "/u" },
    { type: "cgroup", path: "/c" },
  );
  t.equal(create, 0);
  t.same(join, [
    { flag: CLONE.NEWCGROUP, path: "/c" },
    { flag: CLONE.NEWUTS, path: "/u" },
    { flag: CLONE.NEWNS, path: "/m" },
  ]);
});

test("a configuration without namespaces makes and joins none", async (t) => {
  t.same(namespacesSpec({}), { create: 0, join: [], timeOffsets: [] });
});

test("each clock with an offset is a line; what is not given is 0", async (t) => {
  const timeOffsets = { monotonic: { secs: -5 }, boottime: { nanosecs: 7 } };
  const config: Pick<OciConfig, "linux"> = { linux: { namespaces: [{ type: "time" }], timeOffsets } };
  t.match(namespacesSpec(config), { create: CLONE.NEWTIME, timeOffsets: ["monotonic -5 0", "boottime 0 7"] });
});
