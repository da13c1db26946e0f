import { test } from "tap";
import type { Config } from "../../lib/config/schema.ts";
import { cgroupOwner } from "../../lib/spec/cgroup-owner.ts";

const OWN = [{ type: "cgroup" as const }];
const USER = [{ type: "cgroup" as const }, { type: "user" as const }];
const WRITABLE = [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "rw"] }];
const uidMappings = [
  { containerID: 0, hostID: 100_000, size: 1000 },
  { containerID: 1000, hostID: 5, size: 1 },
];

type Parts = Pick<Config, "mounts" | "linux"> & { readonly uid?: number };

function owner({ uid = 0, ...parts }: Parts, version: 1 | 2 = 2): number | undefined {
  const config = { ociVersion: "1.2.0", process: { cwd: "/", user: { uid, gid: 0 } }, ...parts };
  return cgroupOwner(config as Config, version);
}

test("cgroupOwner() is the process's user where the container can use its cgroup", async (t) => {
  const linux = { namespaces: OWN };
  t.equal(owner({ mounts: WRITABLE, linux, uid: 7 }), 7);
  t.equal(owner({ mounts: WRITABLE, linux: { namespaces: USER, uidMappings }, uid: 7 }), 100_007);
  t.equal(owner({ mounts: WRITABLE, linux: { namespaces: USER, uidMappings }, uid: 1000 }), 5);
  t.equal(owner({ mounts: [{ destination: "/x", type: "cgroup2" }], linux }), 0, "rw is the default");
});

test("cgroupOwner() is nobody where it can't", async (t) => {
  const linux = { namespaces: OWN };
  const readOnly = [{ destination: "/sys/fs/cgroup", type: "cgroup", options: ["rw", "ro"] }];
  t.equal(owner({ mounts: WRITABLE, linux }, 1), undefined, "v1");
  t.equal(owner({ mounts: readOnly, linux }), undefined, "read-only");
  t.equal(owner({ mounts: [], linux }), undefined, "not mounted");
  t.equal(owner({ linux }), undefined, "no mounts");
  t.equal(owner({ mounts: WRITABLE, linux: { namespaces: [] } }), undefined, "the host's cgroup namespace");
  t.equal(owner({ mounts: WRITABLE, linux: { namespaces: [{ type: "cgroup", path: "/x" }] } }), undefined, "another's");
  t.equal(owner({ mounts: WRITABLE, linux: { namespaces: USER, uidMappings }, uid: 1001 }), undefined, "not mapped");
});
