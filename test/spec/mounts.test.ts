import { test } from "tap";
import type { Mount } from "../../lib/config/schema.ts";
import { MAGIC } from "../../lib/linux/magic.ts";
import { MOUNT_ATTR, MS } from "../../lib/linux/mount.ts";
import type { MountSpec } from "../../lib/spec/mount-spec.ts";
import { type MountHost, mountsSpec } from "../../lib/spec/mounts.ts";

const HOST: MountHost = {
  warn: () => {},
  bundle: "/bundle",
  cgroups: () => ({
    version: 1,
    paths: { "cpu,cpuacct": "/cg/cpu/c1", systemd: "/cg/systemd/c1", unified: "/cg/unified/c1" },
  }),
  rootless: () => false,
  filesystemName: () => "ext4",
  isReadonly: () => false,
  isDirectory: (path) => !path.endsWith("file"),
  readLink: (path) => (path.endsWith("link") ? "target" : undefined),
  filesystemType: (path) => (path.startsWith("/proc") ? MAGIC.PROC_SUPER_MAGIC : MAGIC.EXT4_SUPER_MAGIC),
  place: (destination) => destination,
  contents: () => [{ path: "x", mode: 0o100644, uid: 0, gid: 0, size: 1, rdev: 0, target: "" }],
};

function spec(mount: Partial<Mount>, host: Partial<MountHost> = {}, namespaces: { type: "cgroup" }[] = []): MountSpec {
  const [result] = mountsSpec(
    { mounts: [{ destination: "/m", ...mount }], linux: { namespaces } },
    { ...HOST, ...host },
  );
  return result as MountSpec;
}

const FLAGS = MS.NOSUID | MS.NODEV;
const OWN = MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV | MOUNT_ATTR.NOEXEC | MOUNT_ATTR.NOSYMFOLLOW;

const MOUNTS: readonly { what: string; mount: Partial<Mount>; is: object }[] = [
  {
    what: "a file system is one mount(2) with its flags and data",
    mount: { type: "devpts", source: "devpts", options: ["nosuid", "nodev", "gid=5", "ptmxmode=0666"] },
    is: {
      kind: "filesystem",
      type: "devpts",
      source: "devpts",
      flags: FLAGS,
      data: "gid=5,ptmxmode=0666",
      propagation: [],
    },
  },
  {
    what: "without a source a file system is its own",
    mount: { type: "proc" },
    is: { kind: "filesystem", source: "proc" },
  },
  {
    what: "a destination is cleaned",
    mount: { type: "proc", destination: "//a/./b/../c/" },
    is: { destination: "/a/c" },
  },
  {
    what: "a relative destination counts from /",
    mount: { type: "ext4", destination: "a" },
    is: { destination: "/a" },
  },
  {
    what: "recursive options are as good as others on what is new",
    mount: { type: "ext4", options: ["rro"] },
    is: { flags: MS.RDONLY },
  },
  {
    what: "a bind mount whose options name a flag has just those that they name",
    mount: { type: "none", source: "/s/file", options: ["bind", "ro", "exec"] },
    is: {
      kind: "bind",
      source: "/s/file",
      recursive: false,
      sourceIsFile: true,
      attributes: { set: MOUNT_ATTR.RDONLY, clear: OWN & ~MOUNT_ATTR.RDONLY },
      recursiveAttributes: { set: 0, clear: 0 },
    },
  },
  {
    what: "rbind takes what is mounted below; a relative source counts from the bundle",
    mount: { source: "data", options: ["rbind", "rslave"] },
    is: {
      kind: "bind",
      source: "/bundle/data",
      recursive: true,
      sourceIsFile: false,
      propagation: [MS.SLAVE | MS.REC],
    },
  },
  {
    what: "what a recursive option says holds for the mount itself",
    mount: { source: "/s", options: ["rbind", "ro", "rrw"] },
    is: { attributes: { set: 0, clear: OWN }, recursiveAttributes: { set: 0, clear: MOUNT_ATTR.RDONLY } },
  },
  {
    what: "src-nofollow binds the symlink, which is no directory",
    mount: { source: "/s/link", options: ["bind", "src-nofollow", "dest-nofollow"] },
    is: { kind: "bind", followSource: false, followDestination: false, sourceIsFile: true },
  },
  {
    what: "copy-symlink makes a symlink",
    mount: { source: "/s/link", options: ["bind", "copy-symlink"] },
    is: { kind: "symlink", destination: "/m", target: "target" },
  },
  {
    what: "copy-symlink binds what is no symlink",
    mount: { source: "/s", options: ["bind", "copy-symlink"] },
    is: { kind: "bind" },
  },
  {
    what: "remount with bind changes the mount alone",
    mount: { options: ["remount", "bind", "ro"] },
    is: { kind: "remount", filesystem: undefined, attributes: { set: MOUNT_ATTR.RDONLY, clear: 0 } },
  },
  {
    what: "remount without bind reconfigures the file system",
    mount: { type: "tmpfs", options: ["remount", "ro", "size=1m"] },
    is: { kind: "remount", filesystem: { flags: MS.RDONLY, data: "size=1m" } },
  },
  {
    what: "a tmpfs with a mode is one mount(2)",
    mount: { type: "tmpfs", source: "shm", options: ["size=64k", "mode=1777"] },
    is: { kind: "filesystem", source: "shm", data: "size=64k,mode=1777" },
  },
  {
    what: "a tmpfs without a mode keeps its directory's",
    mount: { type: "tmpfs", options: ["nosuid", "noatime", "size=64k,nr_inodes=5", "sync", "huge"] },
    is: {
      kind: "detached",
      keepMode: true,
      readonly: false,
      attributes: MOUNT_ATTR.NOSUID | MOUNT_ATTR.NOATIME,
      parameters: [
        { key: "sync", value: undefined },
        { key: "size", value: "64k" },
        { key: "nr_inodes", value: "5" },
        { key: "huge", value: undefined },
      ],
    },
  },
  {
    what: "a read-only tmpfs becomes read-only later",
    mount: { type: "tmpfs", options: ["ro", "mode=755"] },
    is: { kind: "detached", keepMode: false, readonly: true, attributes: 0, contents: [] },
  },
  {
    what: "a read-only /dev becomes read-only later",
    mount: { type: "devtmpfs", destination: "/dev", options: ["ro"] },
    is: { kind: "detached", readonly: true, keepMode: false, attributes: 0 },
  },
  {
    what: "tmpcopyup fills the tmpfs",
    mount: { type: "tmpfs", options: ["tmpcopyup"] },
    is: { contents: [{ path: "x" }] },
  },
  {
    what: "cgroup on a v1 host shows the container's cgroup of each hierarchy",
    mount: { type: "cgroup", source: "cgroup", options: ["ro", "nosuid"] },
    is: {
      kind: "cgroup",
      flags: MS.RDONLY | MS.NOSUID,
      hierarchies: [
        { controllers: "cpu,cpuacct", directory: "/cg/cpu/c1" },
        { controllers: "systemd", directory: "/cg/systemd/c1" },
      ],
    },
  },
  {
    what: "procfs of the host can be bound over /proc",
    mount: { destination: "/proc", source: "/proc", options: ["rbind"] },
    is: { kind: "bind" },
  },
  {
    what: "lxcfs can cover /proc/meminfo",
    mount: { destination: "/proc/meminfo", source: "/file", options: ["bind"] },
    is: { kind: "bind" },
  },
];

for (const { what, mount, is } of MOUNTS) {
  test(`mountsSpec: ${what}`, async (t) => t.match(spec(mount), is));
}

test("mountsSpec: with a cgroup namespace each hierarchy is mounted anew", async (t) => {
  const mount = spec({ type: "cgroup" }, {}, [{ type: "cgroup" }]);
  t.match(mount, { hierarchies: [{ controllers: "cpu,cpuacct", directory: undefined }, { controllers: "systemd" }] });
});

test("mountsSpec: cgroup on a v2 host is a cgroup2 file system", async (t) => {
  const mount = spec(
    { type: "cgroup", options: ["ro"] },
    { cgroups: () => ({ version: 2, paths: { unified: "/cg/c1" } }) },
  );
  t.match(mount, { kind: "filesystem", type: "cgroup2", source: "cgroup", flags: MS.RDONLY, data: "" });
});

test("mountsSpec: a place behind symlinks is what they lead to, but not for what must be plain", async (t) => {
  const host = { place: (destination: string) => `/real${destination}` };
  const bind = { source: "/s", options: ["bind"] };
  t.equal(spec(bind, host).destination, "/real/m");
  t.equal(spec({ type: "tmpfs" }, host).destination, "/real/m");
  t.equal(spec({ type: "cgroup" }, host).destination, "/real/m");
  t.equal(spec({ type: "sysfs" }, host).destination, "/m");
  t.equal(spec({ ...bind, options: ["bind", "dest-nofollow"] }, host).destination, "/m");
});

test("mountsSpec: symlinks to /proc are followed to be refused", async (t) => {
  const host = { place: () => "/proc/sys" };
  t.throws(() => spec({ type: "tmpfs" }, host), /^mount on \/m: it leads to \/proc\/sys, and inside \/proc only/);
  t.throws(
    () => spec({ source: "/s", options: ["bind"] }, host),
    /^mount on \/m: it leads to \/proc\/sys, and inside \/proc only/,
  );
  const procfs = { source: "/proc", options: ["rbind"] };
  t.equal(spec(procfs, { place: () => "/proc" }).destination, "/proc");
});

const REFUSED: readonly { what: string; mount: Partial<Mount>; message: RegExp }[] = [
  { what: "neither type nor bind", mount: {}, message: /^mount on \/m: it has no type, and neither bind nor rbind/ },
  {
    what: "type bind without the option",
    mount: { type: "bind", source: "/s" },
    message: /options must have bind or rbind/,
  },
  { what: "a bind mount without source", mount: { options: ["bind"] }, message: /needs a source/ },
  { what: "mapped ids that can't be read", mount: { source: "/s", options: ["bind", "idmap="] }, message: /on \/m$/ },
  { what: "tmpcopyup elsewhere", mount: { type: "proc", options: ["tmpcopyup"] }, message: /only for tmpfs/ },
  {
    what: "a tmpfs over /proc",
    mount: { type: "tmpfs", destination: "/x/../proc" },
    message: /^mount on \/x\/..\/proc: only a procfs/,
  },
  {
    what: "a directory over /proc",
    mount: { source: "/s", destination: "/proc", options: ["rbind"] },
    message: /only a procfs/,
  },
  {
    what: "a mount in /proc",
    mount: { type: "tmpfs", destination: "/proc/sys" },
    message: /inside \/proc only \/proc\/cpuinfo, /,
  },
  {
    what: "a bind mount in /proc",
    mount: { source: "/s", destination: "/proc/self/attr", options: ["bind"] },
    message: /inside \/proc/,
  },
  {
    what: "more options than fit a page",
    mount: { type: "overlay", options: [`lowerdir=${"x".repeat(4096)}`] },
    message: /have 4105 bytes: the kernel takes 4095/,
  },
  {
    what: "more bytes of options than fit a page, in fewer characters",
    mount: { type: "overlay", options: [`lowerdir=${"日".repeat(1363)}`] },
    message: /have 4098 bytes: the kernel takes 4095/,
  },
  {
    what: "contradicting symlink options",
    mount: { source: "/s", options: ["bind", "copy-symlink", "src-nofollow"] },
    message: /excludes/,
  },
];

for (const { what, mount, message } of REFUSED) {
  test(`mountsSpec refuses ${what}`, async (t) => {
    t.throws(() => spec(mount), { message });
  });
}

test("mountsSpec: options of a file system on a bind mount are a warning, as mount(2) does not look at them", async (t) => {
  const warnings: string[] = [];
  const host = { warn: (message: string) => warnings.push(message) };
  t.match(spec({ source: "/s", options: ["bind", "size=5", "mode=755"] }, host), { kind: "bind", source: "/s" });
  t.match(warnings, [/"size=5", "mode=755" is ignored: a bind mount has no options of a file system/]);
});

test("rw of what is read-only is left out where flags are locked", async (t) => {
  const readonly = { isReadonly: () => true };
  const clear = (host: Partial<MountHost>, options = ["bind", "rw", "exec"]) =>
    (spec({ source: "/s", options }, host) as { attributes: { clear: number } }).attributes.clear;
  t.equal(clear(readonly), OWN, "root takes it away, and all that is not asked for");
  t.equal(clear({ ...readonly, rootless: () => true }), MOUNT_ATTR.NOEXEC);
  t.equal(clear({ rootless: () => true }), MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOEXEC);
  t.equal(
    clear({ ...readonly, rootless: () => true }, ["bind", "rrw"]),
    MOUNT_ATTR.RDONLY,
    "that is a wish of its own",
  );
});
