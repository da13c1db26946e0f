import { test } from "tap";
import type { Linux, Namespace } from "../../lib/config/schema.ts";
import { keepsGroups, refuseAnnotations } from "../../lib/spec/annotations.ts";
import { namespacesSpec } from "../../lib/spec/namespaces.ts";

test("annotations that ask for what runt has not are refused, unless they are empty", async (t) => {
  const names = [
    "run.oci.handler",
    "run.oci.delegate-cgroup",
    "run.oci.systemd.subgroup",
    "run.oci.systemd.force_cgroup_v1",
  ];
  for (const name of names) {
    t.throws(() => refuseAnnotations({ other: "x", [name]: "krun" }), {
      message: new RegExp(`annotation ${name} must be empty: it is "krun"`),
    });
    t.doesNotThrow(() => refuseAnnotations({ [name]: "" }));
  }
  t.doesNotThrow(() => refuseAnnotations(undefined));
  t.doesNotThrow(() => refuseAnnotations({ "io.example": "krun" }));
});

test("keepsGroups(): any value but 0, false and none", async (t) => {
  for (const [value, keeps] of [
    ["1", true],
    ["true", true],
    ["0", false],
    ["false", false],
    ["", false],
  ] as const) {
    t.equal(keepsGroups({ "run.oci.keep_original_groups": value }), keeps, value);
  }
  t.equal(keepsGroups(undefined), false);
});

test("offsets of clocks by annotation: for a namespace that is made, where linux.timeOffsets says nothing", async (t) => {
  const offsets = (value: string, linux: Linux) =>
    namespacesSpec({ linux, annotations: { "run.oci.timens_offset": value } }).timeOffsets;
  const namespaces: Namespace[] = [{ type: "time" }];
  t.same(offsets("monotonic 5 0\n7 -3 1\n", { namespaces }), ["monotonic 5 0", "7 -3 1"]);
  t.same(offsets("monotonic 5 0", { namespaces: [] }), []);
  t.same(offsets("monotonic 5 0", { namespaces, timeOffsets: { boottime: { secs: 1 } } }), ["boottime 1 0"]);
  t.throws(() => offsets("realtime 5 0", { namespaces }), /timens_offset must have lines like .*realtime 5 0/);
});
