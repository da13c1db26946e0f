import { test } from "tap";
import { MOUNT_ATTR, MS } from "../../lib/linux/mount.ts";
import { MOUNT_OPTIONS, mountAttributes, parseMountOptions } from "../../lib/spec/mount-options.ts";

/** config.md § Linux mount options, runtime-spec 1.3, without idmap and ridmap. */
const SPEC_OPTIONS = `async atime bind defaults dev diratime dirsync exec iversion lazytime loud mand noatime nodev nodiratime
  noexec noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow private ratime rbind rdev rdiratime relatime
  remount rexec rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate rrelatime rro rrw rshared
  rslave rstrictatime rsuid rsymfollow runbindable rw shared silent slave strictatime suid symfollow sync tmpcopyup unbindable`;

test("MOUNT_OPTIONS has every option of the specification", async (t) => {
  const missing = SPEC_OPTIONS.split(/\s+/).filter((name) => !Object.hasOwn(MOUNT_OPTIONS, name));
  t.same(missing, []);
});

const FLAGS: readonly { options: string; set: number; clear: number }[] = [
  { options: "", set: 0, clear: 0 },
  { options: "defaults", set: 0, clear: 0 },
  { options: "ro", set: MS.RDONLY, clear: 0 },
  { options: "ro rw", set: 0, clear: MS.RDONLY },
  { options: "rw ro", set: MS.RDONLY, clear: 0 },
  { options: "nosuid nodev noexec", set: MS.NOSUID | MS.NODEV | MS.NOEXEC, clear: 0 },
  { options: "suid dev exec", set: 0, clear: MS.NOSUID | MS.NODEV | MS.NOEXEC },
  { options: "rbind", set: MS.BIND | MS.REC, clear: 0 },
  { options: "noatime strictatime", set: MS.STRICTATIME, clear: MS.NOATIME | MS.RELATIME },
  { options: "strictatime relatime", set: MS.RELATIME, clear: MS.NOATIME | MS.STRICTATIME },
  { options: "noatime atime", set: 0, clear: MS.NOATIME | MS.RELATIME | MS.STRICTATIME },
  {
    options: "sync lazytime iversion silent mand",
    set: MS.SYNCHRONOUS | MS.LAZYTIME | MS.I_VERSION | MS.SILENT | MS.MANDLOCK,
    clear: 0,
  },
];

for (const { options, set, clear } of FLAGS) {
  test(`parseMountOptions: "${options}" sets and clears its flags`, async (t) => {
    t.match(parseMountOptions(options.split(" ").filter(Boolean)), { set, clear, recursiveSet: 0, recursiveClear: 0 });
  });
}

test("parseMountOptions keeps recursive flags apart", async (t) => {
  const options = parseMountOptions(["nosuid", "rro", "rrw", "rnodev"]);
  t.match(options, { set: MS.NOSUID, clear: 0, recursiveSet: MS.NODEV, recursiveClear: MS.RDONLY });
});

test("parseMountOptions keeps each propagation, in order", async (t) => {
  t.same(parseMountOptions(["rslave", "shared"]).propagation, [MS.SLAVE | MS.REC, MS.SHARED]);
});

test("parseMountOptions leaves unknown options to the file system", async (t) => {
  t.same(parseMountOptions(["mode=755", "ro", "size=64k", "constructor", "__proto__"]).data, [
    "mode=755",
    "size=64k",
    "constructor",
    "__proto__",
  ]);
});

test("parseMountOptions leaves mapped ids to id-map.ts", async (t) => {
  const { data, set } = parseMountOptions(["bind", "idmap", "ridmap", "idmap=uids=0-0-1;gids=0-0-1"]);
  t.same(data, []);
  t.equal(set, MS.BIND);
});

const ATTRIBUTES: readonly { options: string; set: number; clear: number }[] = [
  { options: "ro nosuid", set: MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID, clear: 0 },
  { options: "rw exec", set: 0, clear: MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOEXEC },
  { options: "nosymfollow nodiratime", set: MOUNT_ATTR.NOSYMFOLLOW | MOUNT_ATTR.NODIRATIME, clear: 0 },
  { options: "symfollow diratime", set: 0, clear: MOUNT_ATTR.NOSYMFOLLOW | MOUNT_ATTR.NODIRATIME },
  { options: "noatime", set: MOUNT_ATTR.NOATIME, clear: MOUNT_ATTR._ATIME },
  { options: "strictatime", set: MOUNT_ATTR.STRICTATIME, clear: MOUNT_ATTR._ATIME },
  { options: "relatime", set: MOUNT_ATTR.RELATIME, clear: MOUNT_ATTR._ATIME },
  { options: "atime", set: 0, clear: MOUNT_ATTR._ATIME },
  { options: "nostrictatime", set: 0, clear: MOUNT_ATTR._ATIME },
  { options: "norelatime", set: 0, clear: 0 },
  { options: "sync silent", set: 0, clear: 0 },
];

for (const { options, set, clear } of ATTRIBUTES) {
  test(`mountAttributes: "${options}"`, async (t) => {
    const parsed = parseMountOptions(options.split(" "));
    t.same(mountAttributes(parsed.set, parsed.clear), { set, clear });
  });
}
