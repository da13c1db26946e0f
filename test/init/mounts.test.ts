import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Mount } from "../../lib/config/schema.ts";
import { sharedRootfs } from "../support/scratch.ts";
import { hostDirectory, mountIn } from "./mount-in.ts";
import { mountOn } from "./mountinfo.ts";

const FILE_SYSTEMS: readonly { mount: Mount; type: string; options: string[]; superOptions?: string[] }[] = [
  {
    mount: { destination: "/sys", type: "sysfs", options: ["ro", "nosuid"] },
    type: "sysfs",
    options: ["ro", "nosuid", "relatime"],
  },
  {
    mount: { destination: "/x/mq", type: "mqueue", options: ["noatime", "nodev"] },
    type: "mqueue",
    options: ["rw", "nodev", "noatime"],
  },
  {
    mount: { destination: "/p", type: "proc", options: ["nosymfollow", "nodiratime"] },
    type: "proc",
    options: ["nosymfollow", "nodiratime", "relatime"],
  },
  {
    mount: { destination: "/dev/pts", type: "devpts", options: ["newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
    type: "devpts",
    options: ["rw"],
    superOptions: ["gid=5", "mode=620", "ptmxmode=666"],
  },
  {
    mount: {
      destination: "/t",
      type: "tmpfs",
      source: "name",
      options: ["mode=700", "size=64k", "sync", "strictatime"],
    },
    type: "tmpfs",
    options: ["rw"],
    superOptions: ["sync", "size=64k", "mode=700"],
  },
];

for (const { mount, type, options, superOptions = [] } of FILE_SYSTEMS) {
  test(`${type} is mounted with ${mount.options}`, async (t) => {
    const { output, failure } = mountIn([mount]);
    t.equal(failure, undefined);
    const line = mountOn(output, mount.destination);
    t.equal(line.type, type);
    t.equal(line.source, mount.source ?? type);
    t.same(
      options.filter((option) => !line.options.includes(option)),
      [],
    );
    t.same(
      superOptions.filter((option) => !line.superOptions.includes(option)),
      [],
    );
    t.equal(line.options.includes("relatime"), !/noatime|strictatime/.test(String(mount.options)));
  });
}

test("overlay with layers whose names are longer than fsconfig(2) takes", async (t) => {
  const base = hostDirectory();
  const layers = Array.from({ length: 8 }, (_, index) => join(base, `layer-${index}-${"x".repeat(60)}`));
  for (const [index, layer] of layers.entries()) {
    mkdirSync(layer);
    writeFileSync(join(layer, `from-${index}`), "");
  }
  const { output, failure } = mountIn(
    [{ destination: "/o", type: "overlay", options: [`lowerdir=${layers.join(":")}`] }],
    "ls /o",
  );
  t.equal(failure, undefined);
  t.match(output, /from-0\n(.*\n)*from-7/);
});

test("a bind mount of a directory, and one of a file, onto what is missing", async (t) => {
  const host = hostDirectory();
  const { output, failure } = mountIn(
    [
      { destination: "/a/directory", source: host, options: ["bind"] },
      { destination: "/a/b/file", source: join(host, "file"), options: ["rbind", "ro"] },
    ],
    "cat /a/directory/file /a/b/file; echo > /a/directory/new; echo > /a/b/file",
  );
  t.equal(failure, undefined);
  t.match(output, "of the host\nof the host\n");
  t.match(output, "can't create /a/b/file: Read-only file system");
  t.ok(existsSync(join(host, "new")));
});

test("a bind mount has the flags of its source, or those that its options name", async (t) => {
  const host = hostDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", "ro,nosuid,noexec,nodev,noatime,size=64k", "runt-test", host]);
  try {
    const { output, failure } = mountIn([
      { destination: "/same", source: host, options: ["bind"] },
      { destination: "/cleared", source: host, options: ["bind", "rw", "exec", "suid", "dev", "relatime"] },
      { destination: "/some", source: host, options: ["bind", "exec"] },
    ]);
    t.equal(failure, undefined);
    t.same(mountOn(output, "/same").options, ["ro", "nosuid", "nodev", "noexec", "noatime"]);
    t.same(mountOn(output, "/cleared").options, ["rw", "relatime"]);
    t.same(mountOn(output, "/some").options, ["rw", "noatime"]);
  } finally {
    execFileSync("umount", [host]);
  }
});

test("rbind takes mounts below; rro makes them read-only, ro does not", async (t) => {
  const host = hostDirectory();
  mkdirSync(join(host, "below"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "runt-test", join(host, "below")]);
  try {
    const { output, failure } = mountIn([
      { destination: "/ro", source: host, options: ["rbind", "ro"] },
      { destination: "/rro", source: host, options: ["rbind", "rro", "rnosuid"] },
      { destination: "/single", source: host, options: ["bind", "rro"] },
    ]);
    t.equal(failure, undefined);
    t.equal(mountOn(output, "/ro").options[0], "ro");
    t.equal(mountOn(output, "/ro/below").options[0], "rw");
    t.same(mountOn(output, "/rro").options.slice(0, 2), ["ro", "nosuid"]);
    t.same(mountOn(output, "/rro/below").options.slice(0, 2), ["ro", "nosuid"]);
    t.equal(mountOn(output, "/single").options[0], "ro");
    t.equal(mountOn(output, "/single/below").count, 0);
  } finally {
    execFileSync("umount", [join(host, "below")]);
  }
});

for (const [option, is] of [
  ["private", /^$/],
  ["rprivate", /^$/],
  ["shared", /^shared:\d+$/],
  ["rshared", /^shared:\d+$/],
  ["unbindable", /^unbindable$/],
  ["runbindable", /^unbindable$/],
] as const) {
  test(`propagation ${option}, of a bind mount and of a file system`, async (t) => {
    const { output, failure } = mountIn([
      { destination: "/a", source: hostDirectory(), options: ["rbind", option] },
      { destination: "/b", type: "tmpfs", options: ["mode=755", option] },
      { destination: "/c", type: "tmpfs", options: [option] },
    ]);
    t.equal(failure, undefined);
    for (const path of ["/a", "/b", "/c"]) t.match(mountOn(output, path).propagation, is, path);
  });
}

test("a private mount below a shared one stays private", async (t) => {
  const host = hostDirectory();
  mkdirSync(join(host, "m"));
  const { output, failure } = mountIn([
    { destination: "/s", source: host, options: ["rbind", "rshared"] },
    { destination: "/s/m", type: "tmpfs", options: ["mode=755", "private"] },
    { destination: "/s/m/n", source: host, options: ["bind", "private"] },
  ]);
  t.equal(failure, undefined);
  t.match(mountOn(output, "/s").propagation, /^shared/);
  t.equal(mountOn(output, "/s/m").propagation, "");
  t.equal(mountOn(output, "/s/m/n").propagation, "");
});

test("remount: of the mount, and of the file system", async (t) => {
  const { output, failure } = mountIn([
    { destination: "/a", source: hostDirectory(), options: ["bind"] },
    { destination: "/a", options: ["bind", "remount", "ro", "nosuid"] },
    { destination: "/t", type: "tmpfs", options: ["mode=755", "size=64k"] },
    { destination: "/t", type: "tmpfs", options: ["remount", "ro", "size=128k", "noexec"] },
  ]);
  t.equal(failure, undefined);
  t.same(mountOn(output, "/a").options.slice(0, 2), ["ro", "nosuid"]);
  t.same(mountOn(output, "/t").options.slice(0, 2), ["ro", "noexec"]);
  t.ok(mountOn(output, "/t").superOptions.includes("ro"));
  t.ok(mountOn(output, "/t").superOptions.includes("size=128k"));
});

test("remount needs a mount", async (t) => {
  t.match(
    mountIn([{ destination: "/etc", options: ["bind", "remount", "ro"] }]).failure,
    "remount /etc: mount_setattr: EINVAL",
  );
});

test("a mount on / becomes the root", async (t) => {
  const { output, failure } = mountIn(
    [
      { destination: "/", source: sharedRootfs(), options: ["rbind", "ro"] },
      { destination: "/proc", type: "proc" },
      { destination: "/dev", type: "tmpfs" },
      { destination: "/tmp", type: "tmpfs" },
    ],
    "cat /proc/self/mountinfo; echo > /x",
  );
  t.equal(failure, undefined);
  t.match(output, "can't create /x: Read-only file system");
  t.equal(mountOn(output, "/tmp").type, "tmpfs");
  t.equal(mountOn(output, "/").options[0], "ro");
});

const FAILURES: readonly { what: string; mount: Mount; failure: string }[] = [
  {
    what: "an unknown type",
    mount: { destination: "/m", type: "nosuchfs" },
    failure: "mount nosuchfs on /m: mount: ENODEV",
  },
  {
    what: "an option the file system lacks",
    mount: { destination: "/m", type: "tmpfs", options: ["mode=7", "nonsense"] },
    failure: "mount tmpfs on /m: mount: EINVAL",
  },
  {
    what: "a directory on a file",
    mount: { destination: "/etc/passwd", source: "/etc", options: ["bind"] },
    failure: "mount /etc on /etc/passwd: openat2: ENOTDIR",
  },
  {
    what: "a file on a directory",
    mount: { destination: "/etc", source: "/etc/passwd", options: ["bind"] },
    failure: "mount /etc/passwd on /etc: move_mount: EINVAL",
  },
];

for (const { what, mount, failure } of FAILURES) {
  test(`${what} is an error that names the mount`, async (t) => {
    const result = mountIn([mount]);
    t.equal(result.failure, failure);
    t.equal(result.status, 1);
  });
}

test("a thousand mounts need no more than the usual 1024 descriptors", async (t) => {
  const host = hostDirectory();
  const mounts = Array.from({ length: 1000 }, (_, index) => ({
    destination: `/many/${index}`,
    source: host,
    options: ["bind", "ro"],
  }));
  const { output, failure } = mountIn(mounts, "ulimit -n; cat /many/999/file; ls /proc/self/fd | wc -l");
  t.equal(failure, undefined);
  t.match(output, "of the host");
});
