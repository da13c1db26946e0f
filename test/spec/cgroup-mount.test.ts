import { test } from "tap";
import type { Mount } from "../../lib/config/schema.ts";
import { MAGIC } from "../../lib/linux/magic.ts";
import { MOUNT_ATTR, MS } from "../../lib/linux/mount.ts";
import type { MountSpec } from "../../lib/spec/mount-spec.ts";
import { type MountHost, mountsSpec } from "../../lib/spec/mounts.ts";

const HOST: MountHost = {
  warn: () => {},
  bundle: "/bundle",
  cgroups: () => ({ version: 1, paths: { memory: "/cg/memory/c1" } }),
  rootless: () => false,
  isDirectory: () => true,
  readLink: () => undefined,
  filesystemName: () => "ext4",
  isReadonly: () => false,
  filesystemType: () => MAGIC.EXT4_SUPER_MAGIC,
  contents: () => [],
  place: (destination) => destination,
};

function spec(mount: Partial<Mount>, host: Partial<MountHost> = {}, namespaces: { type: "cgroup" }[] = []): MountSpec {
  const mounts = [{ destination: "/m", ...mount }];
  const [result] = mountsSpec({ mounts, linux: { namespaces } }, { ...HOST, ...host });
  return result as MountSpec;
}

test("CVE-2023-25809: who is not the host's root gets cgroups without a namespace of them read-only", async (t) => {
  const v2 = { cgroups: () => ({ version: 2, paths: { unified: "/cg/c1" } }) as const };
  const rootless = { rootless: () => true };
  const mount = { type: "cgroup", options: ["nosuid", "rw"] };
  t.match(spec(mount, rootless), { kind: "cgroup", flags: MS.RDONLY | MS.NOSUID });
  const attributes = { set: MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID, clear: 0 };
  const bound = {
    kind: "bind",
    source: "/sys/fs/cgroup",
    recursive: true,
    attributes,
    recursiveAttributes: attributes,
  };
  t.match(spec(mount, { ...v2, ...rootless }), bound);
  t.match(spec(mount, { ...v2, ...rootless }, [{ type: "cgroup" }]), { kind: "filesystem", flags: MS.NOSUID });
  const sys = { source: "/sys", options: ["rbind"] };
  t.match(spec(sys, rootless), { kind: "bind", recursiveAttributes: { set: MOUNT_ATTR.RDONLY } });
  t.match(spec(sys), { kind: "bind", recursiveAttributes: { set: 0 } });
  t.match(spec(mount), { kind: "cgroup", flags: MS.NOSUID }, "the host's root may have them as it likes");
  const user = { mounts: [{ destination: "/m", ...mount }], linux: { namespaces: [{ type: "user" as const }] } };
  t.match(mountsSpec(user, HOST), [{ kind: "cgroup", flags: MS.RDONLY | MS.NOSUID }], "nor does a user namespace's");
});

test("options of the cgroup file system are the kernel's to judge on v2, and of no use on v1, which is said", async (t) => {
  const mount = { type: "cgroup", options: ["ro", "nsdelegate", "memory_recursiveprot"] };
  const v2 = { cgroups: () => ({ version: 2, paths: { unified: "/cg/c1" } }) as const };
  t.match(spec(mount, v2), { kind: "filesystem", flags: MS.RDONLY, data: "nsdelegate,memory_recursiveprot" });
  const warnings: string[] = [];
  t.match(spec(mount, { warn: (message) => warnings.push(message) }), { kind: "cgroup", flags: MS.RDONLY });
  t.match(warnings, [/^mount on \/m: "nsdelegate,memory_recursiveprot" is ignored: on cgroup v1 /]);
});

test("a cgroup2 that may come to lie on the host's own is made first and moved there, which mount(2) would refuse", async (t) => {
  const v2: MountHost = { ...HOST, cgroups: () => ({ version: 2, paths: { unified: "/cg/c1" } }) };
  const cgroup = {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["nosuid", "ro", "nsdelegate"],
  };
  const specs = (...before: Mount[]) => mountsSpec({ mounts: [...before, cgroup] }, v2).slice(-1);
  const sysfs = { destination: "/sys", type: "sysfs", source: "sysfs", options: ["ro"] };
  t.match(specs(sysfs), [{ kind: "filesystem", type: "cgroup2", data: "nsdelegate" }]);
  const bound = { destination: "/sys/", source: "/sys", options: ["rbind", "ro"] };
  t.match(specs(bound), [
    {
      kind: "detached",
      type: "cgroup2",
      parameters: [{ key: "nsdelegate" }],
      attributes: MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID,
      readonly: false,
    },
  ]);
  t.match(specs({ ...bound, destination: "/sysfs" }), [{ kind: "filesystem" }]);
  t.match(specs({ ...bound, destination: "/" }), [{ kind: "detached" }]);
});
