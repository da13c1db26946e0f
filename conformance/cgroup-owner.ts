/** config-linux.md § Cgroup ownership. */
import { equal } from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Config, MOUNTS, NAMESPACES, namespacesBut } from "../test/support/bundle.ts";
import { read } from "../test/support/host.ts";
import { CGROUP, directory, FLAGS, isV2 } from "./cgroups.ts";
import { makes } from "./support/asks.ts";
import { must, should, skip } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const OWNER = "config-linux.md § Cgroup ownership";

should(
  "cgroups-mount-read-only",
  OWNER,
  "Runtimes SHOULD change the cgroup ownership if and only if the cgroup filesystem is to be mounted read/write",
  async (c) => {
    const path = isV2() ? "/sys/fs/cgroup/made" : "/sys/fs/cgroup/memory/made";
    const change = {
      process: { user: { uid: 1000, gid: 1000 } },
      mounts: [...MOUNTS, { ...CGROUP, options: [...FLAGS, "ro"] }],
    };
    await c.running({ made: makes(path) }, change);
    equal(statSync(await directory(c, "memory")).uid, 0);
  },
  { since: "1.1" },
);

should(
  "cgroups-v1-owner",
  OWNER,
  "Runtimes SHOULD NOT change the ownership of container cgroups when cgroups v1 is in use.",
  async (c) => {
    if (isV2()) skip("this is a cgroup v2 machine");
    const change = { process: { user: { uid: 1000, gid: 1000 } }, mounts: [...MOUNTS, { ...CGROUP, options: FLAGS }] };
    await c.running({}, change);
    equal(statSync(await directory(c, "memory")).uid, 0);
  },
  { since: "1.1" },
);

/** A read-write cgroup mount for a user who is not root. */
async function delegated(c: Subject, change: Config = {}): Promise<string> {
  if (!isV2()) skip("needs cgroup v2");
  const mounts = [...MOUNTS, { ...CGROUP, options: FLAGS }];
  await c.running({}, { process: { user: { uid: 1000, gid: 1000 } }, mounts, ...change });
  return directory(c, "memory");
}

should(
  "cgroups-v2-owner",
  OWNER,
  "Runtimes SHOULD change the cgroup ownership if and only if the cgroup filesystem is to be mounted read/write",
  async (c) => {
    const path = await delegated(c);
    for (const file of ["", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"])
      equal(statSync(join(path, file)).uid, 1000, file);
  },
  { since: "1.1" },
);

should(
  "cgroups-v2-owner-of-limits",
  OWNER,
  "The runtime SHOULD NOT change the ownership of any other files.",
  async (c) => {
    const path = await delegated(c);
    const delegate = read("/sys/kernel/cgroup/delegate").split("\n");
    for (const file of ["memory.max", "pids.max", "cgroup.max.depth"]) {
      if (!delegate.includes(file) && existsSync(join(path, file))) equal(statSync(join(path, file)).uid, 0, file);
    }
  },
  { since: "1.1" },
);

should(
  "cgroups-v2-owner-without-namespace",
  OWNER,
  "A runtime SHOULD NOT change the ownership of a container cgroup unless it will also create a new cgroup namespace for the container.",
  async (c) => {
    const path = await delegated(c, { linux: { namespaces: namespacesBut("cgroup"), cgroupsPath: `/${c.id}` } });
    equal(statSync(path).uid, 0);
  },
  { since: "1.1" },
);

should(
  "cgroups-v2-owner-without-mount",
  OWNER,
  "If the configuration does not specify such a mount, the runtime SHOULD NOT change the cgroup ownership.",
  async (c) => {
    equal(statSync(await delegated(c, { mounts: MOUNTS })).uid, 0);
  },
  { since: "1.1" },
);

should(
  "cgroups-v2-owner-mapped",
  OWNER,
  "the owner of the container's cgroup to the host uid that maps to the value of process.user.uid in the container namespace",
  async (c) => {
    const ids = [{ containerID: 0, hostID: 200_000, size: 65_536 }];
    c.openTo(200_000);
    const linux = {
      namespaces: [...NAMESPACES, { type: "user" }],
      cgroupsPath: `/${c.id}`,
      uidMappings: ids,
      gidMappings: ids,
    };
    equal(statSync(await delegated(c, { linux })).uid, 201_000);
  },
  { since: "1.1" },
);

must(
  "cgroups-v2-owner-of-what-there-is",
  OWNER,
  "not all files listed in /sys/kernel/cgroup/delegate necessarily exist in every cgroup. Runtimes MUST NOT fail in this scenario",
  async (c) => {
    const path = await delegated(c);
    const listed = read("/sys/kernel/cgroup/delegate").trim().split("\n");
    if (listed.every((file) => existsSync(join(path, file)))) skip("all files that are listed exist here");
    for (const file of listed) if (existsSync(join(path, file))) equal(statSync(join(path, file)).uid, 1000, file);
  },
  { since: "1.1" },
);
