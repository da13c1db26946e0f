/** config-linux.md § User namespace mappings, and the id-mapped mounts of config.md. */
import { equal, match, notEqual, ok } from "node:assert/strict";
import { chownSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, MOUNTS, NAMESPACES } from "../test/support/bundle.ts";
import { readLink } from "../test/support/host.ts";
import { ANOTHER_TYPE, INHERIT, SECTION as NAMESPACE, PLACE, TWICE } from "./namespaces.ts";
import { facts, leadsTo, mountTable, reads, statusField } from "./support/asks.ts";
import { invalid, must, should } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const MAPPINGS = "config-linux.md § User namespace mappings";
const IDMAP = "config.md § Linux mount options";
const POSIX = "config.md § POSIX-platform Mounts";
const SINCE = { since: "1.2" };
const FIRST = 200_000;

const mapping = (containerID: number, hostID: number, size: number): Config => ({ containerID, hostID, size });
const ALL = [mapping(0, FIRST, 65_536)];

/** A user namespace whose root may read the bundle. */
function mapped(
  c: Subject,
  uidMappings: Config[] = ALL,
  gidMappings: Config[] = uidMappings,
  change: Config = {},
): Config {
  c.openTo(FIRST);
  // sysfs wants a network namespace of the same user namespace, and gid 5 of devpts a mapping: all are there.
  return { ...change, linux: { namespaces: [...NAMESPACES, { type: "user" }], uidMappings, gidMappings } };
}

should("namespace-user-supported", NAMESPACE, "The following namespace types SHOULD be supported: user", async (c) => {
  const { link } = await c.ask({ link: leadsTo("/proc/self/ns/user") }, mapped(c));
  notEqual(link, readLink("/proc/self/ns/user"));
});

must("user-inherited", NAMESPACE, INHERIT, async (c) => {
  const { link } = await c.ask({ link: leadsTo("/proc/self/ns/user") });
  equal(link, readLink("/proc/self/ns/user"));
});

must(
  "user-mappings",
  MAPPINGS,
  "uidMappings (array of objects, OPTIONAL) describes the user namespace uid mappings from the host to the container.",
  async (c) => {
    const uids = [mapping(0, FIRST, 1000), mapping(1000, 400_000, 500)];
    const gids = [mapping(0, FIRST, 2000)];
    const { uid, gid } = await c.ask(
      { uid: reads("/proc/self/uid_map"), gid: reads("/proc/self/gid_map") },
      mapped(c, uids, gids),
    );
    equal(uid.trim().replaceAll(/ +/g, " "), "0 200000 1000\n 1000 400000 500");
    equal(gid.trim().replaceAll(/ +/g, " "), "0 200000 2000");
  },
);

must(
  "user-process-ids",
  "config.md § POSIX-platform User",
  "uid (int, REQUIRED) specifies the user ID in the container namespace.",
  async (c) => {
    const change = mapped(c, ALL, ALL, { process: { user: { uid: 7, gid: 8 } } });
    await c.running({}, change);
    const { pid } = await c.state();
    match(readFileSync(`/proc/${pid}/status`, "utf8"), new RegExp(`^Uid:\\s+${FIRST + 7}\\s`, "m"));
  },
);

must(
  "user-root-capable",
  MAPPINGS,
  "uidMappings […] describes the user namespace uid mappings from the host to the container.",
  async (c) => {
    const { caps } = await c.ask({ caps: statusField("CapEff") }, mapped(c));
    notEqual(caps, "0000000000000000");
  },
);

should(
  "user-ownership-kept",
  MAPPINGS,
  "The runtime SHOULD NOT modify the ownership of referenced filesystems to realize the mapping.",
  async (c) => {
    writeFileSync(join(c.rootfs, "roots"), "");
    const { file } = await c.ask({ file: facts("/roots") }, mapped(c));
    equal(statSync(join(c.rootfs, "roots")).uid, 0);
    ok(typeof file === "object" && file.uid === 65_534, `inside it is of ${JSON.stringify(file)}`);
  },
);

must("user-path", NAMESPACE, PLACE, async (c) => {
  const host = c.other();
  await host.running({}, mapped(host));
  const path = `/proc/${(await host.state()).pid}/ns/user`;
  mapped(c);
  const { link } = await c.ask(
    { link: leadsTo("/proc/self/ns/user") },
    { linux: { namespaces: [...NAMESPACES, { type: "user", path }] } },
  );
  equal(link, readLink(path));
});

must("namespace-user-path-of-another-type", NAMESPACE, ANOTHER_TYPE, async (c) => {
  await c.refused({ linux: { namespaces: [...NAMESPACES, { type: "user", path: "/proc/self/ns/uts" }] } });
});

must("user-twice", NAMESPACE, TWICE, async (c) => {
  await c.refused({
    linux: { namespaces: [...NAMESPACES, { type: "user" }, { type: "user" }], uidMappings: ALL, gidMappings: ALL },
  });
});

must(
  "user-mapping-size-missing",
  MAPPINGS,
  "size (uint32, REQUIRED) - is the number of ids to be mapped.",
  async (c) => {
    await c.refused(mapped(c, [{ containerID: 0, hostID: FIRST }]));
  },
);

invalid("user-mapping-overlap", async (c) => {
  await c.refused(mapped(c, [mapping(0, FIRST, 100), mapping(50, 400_000, 100)]));
});

/** A bind mount of a folder with a file of `owner`. */
function source(c: Subject, options: string[], mappings: Config, owner = 1000): Config {
  const path = c.folder("source");
  writeFileSync(join(path, "file"), "");
  chownSync(join(path, "file"), owner, owner);
  return { mounts: [...MOUNTS, { destination: "/mnt", type: "none", source: path, options, ...mappings }] };
}

const MOUNT_MAP = { uidMappings: [mapping(0, 5000, 65_536)], gidMappings: [mapping(0, 5000, 65_536)] };

for (const [kind, option] of [
  ["bind", "idmap"],
  ["rbind", "ridmap"],
] as const) {
  should(
    `option-${option}`,
    IDMAP,
    `${option} (SHOULD): Indicates that the mount MUST have an idmapping applied.`,
    async (c) => {
      const change = { ociVersion: "1.2.0", ...source(c, [kind, option], MOUNT_MAP) };
      const { file } = await c.ask({ file: facts("/mnt/file") }, change);
      ok(
        typeof file === "object" && file.uid === 6000 && file.gid === 6000,
        `uid 1000 of the source is ${JSON.stringify(file)}`,
      );
    },
    SINCE,
  );

  must(
    `option-${option}-nothing-to-map-by`,
    IDMAP,
    "If there are no uidMappings and gidMappings specified and the container isn't using user namespaces, an error MUST be returned.",
    async (c) => {
      await c.refused({ ociVersion: "1.2.0", ...source(c, [kind, option], {}) });
    },
    SINCE,
  );
}

should(
  "option-idmap-in-user-namespace",
  IDMAP,
  "If uidMappings or gidMappings are specified for the mount, the runtime MUST use those values for the mount's mapping.",
  async (c) => {
    const own = { uidMappings: [mapping(0, FIRST, 65_536)], gidMappings: [mapping(0, FIRST, 65_536)] };
    const { file, mounts } = await c.ask(
      { file: facts("/mnt/file"), mounts: mountTable() },
      { ociVersion: "1.2.0", ...mapped(c, ALL, ALL, source(c, ["bind", "idmap"], own)) },
    );
    ok(typeof file === "object" && file.uid === 1000, JSON.stringify(file));
    ok(mounts.findLast(({ target }) => target === "/mnt")?.options.includes("idmapped"), "the mount is idmapped");
  },
  SINCE,
);

for (const missing of ["uidMappings", "gidMappings"] as const) {
  must(
    `mounts-${missing}-alone`,
    POSIX,
    "If specified, it MUST be specified along with gidMappings. […] along with uidMappings.",
    async (c) => {
      await c.refused({ ociVersion: "1.2.0", ...source(c, ["bind", "idmap"], { ...MOUNT_MAP, [missing]: undefined }) });
    },
    SINCE,
  );
}
