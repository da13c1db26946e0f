/** AppArmor and SELinux on the machine as it is: labels take effect, or are refused because nothing would heed them. */
import { existsSync } from "node:fs";
import { test } from "tap";
import { inside, refused } from "../support/container.ts";
import { read } from "../support/host.ts";

const APPARMOR = read("/sys/module/apparmor/parameters/enabled").startsWith("Y");
const SELINUX = existsSync("/sys/fs/selinux/enforce");

const without = (present: boolean, module: string) => ({ skip: present && `this machine has ${module}` });
const having = (present: boolean, module: string) => ({ skip: !present && `this machine has no ${module}` });

test("AppArmor profile without AppArmor", without(APPARMOR, "AppArmor"), async (t) => {
  t.match(
    await refused(t, { process: { apparmorProfile: "unconfined" } }),
    'process.apparmorProfile is "unconfined", but AppArmor is not enabled on this host',
  );
});

for (const [property, change] of [
  ["process.selinuxLabel", { process: { selinuxLabel: "system_u:system_r:container_t:s0" } }],
  ["linux.mountLabel", { linux: { mountLabel: "system_u:object_r:container_file_t:s0" } }],
] as const) {
  test(`${property} without SELinux`, without(SELINUX, "SELinux"), async (t) => {
    t.match(await refused(t, change), `${property} is "system_u:`);
    t.match(await refused(t, change), "SELinux is not enabled on this host");
  });
}

test("AppArmor profile: it is the program's", having(APPARMOR, "AppArmor"), async (t) => {
  t.match(await inside(t, "cat /proc/self/attr/current", { process: { apparmorProfile: "unconfined" } }), "unconfined");
  t.match(
    await refused(t, { process: { apparmorProfile: "no-such-profile" } }),
    /set the AppArmor profile "no-such-profile": .*no such file/,
  );
});

test("SELinux label: it is the program's", having(SELINUX, "SELinux"), async (t) => {
  const label = read("/proc/self/attr/current").replace(/\0/g, "");
  t.match(await inside(t, "cat /proc/self/attr/current", { process: { selinuxLabel: label } }), label);
});

test("an unknown kind of label for mounts", async (t) => {
  t.match(
    await refused(t, { annotations: { "run.oci.mount_context_type": "x" } }),
    /run\.oci\.mount_context_type must be context, fscontext, defcontext, rootcontext: it is "x"/,
  );
});
