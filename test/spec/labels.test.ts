import { test } from "tap";
import type { Config } from "../../lib/config/schema.ts";
import { labelsSpec, mountLabelSpec, splitOptions, unquoted, withLabel } from "../../lib/spec/labels.ts";

const ALL = { apparmor: () => true, selinux: () => true };
const NONE = { apparmor: () => false, selinux: () => false };
const config = (value: object) => value as Config;

test("labels of the process; an empty one is none, and the host is not asked then", async (t) => {
  const asked = { apparmor: () => t.fail("asked"), selinux: () => t.fail("asked") };
  t.same(labelsSpec({ apparmorProfile: "p", selinuxLabel: "l" }, ALL), {
    apparmorProfile: "p",
    selinuxLabel: "l",
  });
  const none = { apparmorProfile: undefined, selinuxLabel: undefined };
  t.same(labelsSpec({ apparmorProfile: "", selinuxLabel: "" }, asked), none);
  t.same(labelsSpec({}, asked), none);
  t.equal(mountLabelSpec(config({ linux: { mountLabel: "" } }), asked), undefined);
});

test("a label that nothing would heed is refused", async (t) => {
  t.throws(() => labelsSpec({ apparmorProfile: "p" }, NONE), {
    message: 'process.apparmorProfile is "p", but AppArmor is not enabled on this host',
  });
  t.throws(() => labelsSpec({ selinuxLabel: "l" }, NONE), {
    message: 'process.selinuxLabel is "l", but SELinux is not enabled on this host',
  });
  t.throws(() => mountLabelSpec(config({ linux: { mountLabel: "l" } }), NONE), {
    message: 'linux.mountLabel is "l", but SELinux is not enabled on this host',
  });
});

test("run.oci.mount_context_type says how file systems are labelled", async (t) => {
  const spec = (type: string) =>
    mountLabelSpec(config({ linux: { mountLabel: "a:b" }, annotations: { "run.oci.mount_context_type": type } }), ALL);
  t.same(spec("fscontext"), { option: "fscontext", label: "a:b" });
  t.same(spec(""), { option: "context", label: "a:b" });
  t.throws(() => spec("subcontext"), {
    message: /must be context, fscontext, defcontext, rootcontext: it is "subcontext"/,
  });
  t.throws(() => mountLabelSpec(config({ linux: { mountLabel: 'a"b' } }), ALL), { message: /a label has no quotes/ });
});

const LABEL = { option: "context", label: "a:b:c1,c2" };
const QUOTED = 'context="a:b:c1,c2"';
const LABELLED: readonly [
  type: string,
  data: readonly string[],
  label: typeof LABEL | undefined,
  result: readonly string[],
][] = [
  ["tmpfs", ["mode=755"], LABEL, ["mode=755", QUOTED]],
  ["devpts", [], LABEL, [QUOTED]],
  ["tmpfs", ["mode=755"], undefined, ["mode=755"]],
  ["tmpfs", ["rootcontext=x:y"], LABEL, ["rootcontext=x:y"]],
  ...["proc", "sysfs", "mqueue", "cgroup", "cgroup2"].map((type): [string, string[], typeof LABEL, string[]] => [
    type,
    [],
    LABEL,
    [],
  ]),
];
for (const [type, data, label, result] of LABELLED) {
  test(`a ${type} with ${JSON.stringify(data)} and ${label ? "a" : "no"} label`, async (t) =>
    t.same(withLabel(data, type, label), result));
}

test("options are split at commas that stand in no quotes", async (t) => {
  t.same(splitOptions(`mode=755,,${QUOTED},size=1`), ["mode=755", QUOTED, "size=1"]);
  t.same(splitOptions(""), []);
  t.same(splitOptions('a="b'), ['a="b']);
});

test("quotes are taken off a label alone", async (t) => {
  t.equal(unquoted("context", '"a:b,c"'), "a:b,c");
  t.equal(unquoted("name", '"x"'), '"x"');
  t.equal(unquoted("context", "a:b"), "a:b");
});
