import { test } from "tap";
import { planResctrl, resctrlMountPoint } from "../../lib/resctrl/plan.ts";

const ROOT = "/sys/fs/resctrl";
const SCHEMATA = "    MB:0= 100;1=  70\n    L3:0=7ff;1=01f\n";

/** The plan on a host with these groups. */
const plan = (config: object, ...groups: string[]) =>
  planResctrl(config, "c1", ROOT, (directory) => {
    return [ROOT, ...groups.map((name) => `${ROOT}/${name}`)].includes(directory) ? SCHEMATA : undefined;
  });

test("without closID the container gets a group of its id, which is its own", async (t) => {
  t.strictSame(plan({ l3CacheSchema: "L3:0=f" }), {
    make: [`${ROOT}/c1`],
    schemata: `${ROOT}/c1/schemata`,
    values: ["L3:0=f"],
    record: { tasks: [`${ROOT}/c1/tasks`], directories: [`${ROOT}/c1`] },
  });
  t.match(plan({ closID: "" }), { make: [`${ROOT}/c1`], values: [] }, "an empty one is none");
});

test("a group of its id that was there already is used, and stays", async (t) => {
  t.match(plan({}, "c1"), { make: [], record: { tasks: [`${ROOT}/c1/tasks`], directories: [] } });
});

test("values are written in the spec's order: L3, memory bandwidth, schemata", async (t) => {
  const schemata = ["L2:0=f", "MB:0=20"];
  t.strictSame(plan({ schemata, memBwSchema: "MB:0=50", l3CacheSchema: "L3:0=f" }).values, [
    "L3:0=f",
    "MB:0=50",
    "L2:0=f\nMB:0=20",
  ]);
  t.strictSame(plan({ l3CacheSchema: "", schemata: [] }).values, [], "what is empty is not set");
});

test("a closID with values is made if it is not there, and is never removed", async (t) => {
  t.match(plan({ closID: "gold", memBwSchema: "MB:0=20" }), {
    make: [`${ROOT}/gold`],
    values: ["MB:0=20"],
    record: { tasks: [`${ROOT}/gold/tasks`], directories: [] },
  });
});

test("a closID without values must be there", async (t) => {
  t.match(plan({ closID: "gold" }, "gold"), { make: [], values: [], record: { directories: [] } });
  t.throws(() => plan({ closID: "gold" }), {
    message: 'intelRdt.closID "gold": there is no directory /sys/fs/resctrl/gold',
  });
});

test("/ is the root group", async (t) => {
  t.strictSame(plan({ closID: "/" }), {
    make: [],
    schemata: `${ROOT}/schemata`,
    values: [],
    record: { tasks: [`${ROOT}/tasks`], directories: [] },
  });
});

for (const [config, fault] of [
  [{ l3CacheSchema: "L3:0=7ff;1=1f" }, undefined],
  [{ l3CacheSchema: "L3:1=3f" }, "L3 of domain 1 must be 3f: it is 1f"],
  [{ l3CacheSchema: "L3:0=7FF", memBwSchema: "MB:1=70" }, undefined],
  [{ memBwSchema: "MB:0=100;1=60" }, "MB of domain 1 must be 60: it is 70"],
  [{ schemata: ["L3:1=1f", "MB:0=90"] }, "MB of domain 0 must be 90: it is 100"],
  [{ schemata: ["L2:0=f"] }, "L2 of domain 0 must be f: there is none"],
  [{ l3CacheSchema: "L3:2=f" }, "L3 of domain 2 must be f: there is none"],
] as const) {
  test(`a group that is there must have the values: ${JSON.stringify(config)}`, async (t) => {
    const make = () => plan({ closID: "gold", ...config }, "gold");
    if (fault === undefined) t.doesNotThrow(make);
    else t.throws(make, { message: `/sys/fs/resctrl/gold/schemata must have the values of intelRdt: ${fault}` });
  });
}

test("monitoring has a group below, which is always the container's own", async (t) => {
  t.strictSame(plan({ enableMonitoring: true, closID: "gold" }, "gold"), {
    make: [`${ROOT}/gold/mon_groups/c1`],
    schemata: `${ROOT}/gold/schemata`,
    values: [],
    record: {
      tasks: [`${ROOT}/gold/tasks`, `${ROOT}/gold/mon_groups/c1/tasks`],
      directories: [`${ROOT}/gold/mon_groups/c1`],
    },
  });
  t.match(plan({ enableMonitoring: true }), {
    make: [`${ROOT}/c1`, `${ROOT}/c1/mon_groups/c1`],
    record: { directories: [`${ROOT}/c1/mon_groups/c1`, `${ROOT}/c1`] },
  });
});

test("the mount point is found by its type", async (t) => {
  const lines = [
    "22 1 0:20 / /sys/fs/resctrl.d rw - tmpfs resctrl rw",
    "23 1 0:21 / /sys/fs/resctrl rw,relatime shared:9 - resctrl resctrl rw",
  ];
  t.equal(resctrlMountPoint(lines.join("\n")), "/sys/fs/resctrl");
  t.equal(resctrlMountPoint(lines[0] as string), undefined);
});
