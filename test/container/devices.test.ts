/** config-linux.md § Devices, § Default Devices, and runtime-linux.md § Dev symbolic links. */
import { lstatSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS, mountsBut } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { type Container, container, inside, list, refused } from "../support/container.ts";

const DEFAULTS = { null: "1:3", zero: "1:5", full: "1:7", random: "1:8", urandom: "1:9", tty: "5:0" };
const LINKS = { fd: "/proc/self/fd", stdin: "/proc/self/fd/0", stdout: "/proc/self/fd/1", stderr: "/proc/self/fd/2" };

test("the default devices are there and work", async (t) => {
  const paths = Object.keys(DEFAULTS).map((name) => `/dev/${name}`);
  const facts = await inside(t, `stat -c '%n %F %t:%T %a %u:%g' ${paths.join(" ")}`, {
    process: { user: { uid: 1000, gid: 1000 } },
  });
  const expected = Object.entries(DEFAULTS).map(
    ([name, number]) => `/dev/${name} character special file ${number} 666 0:0`,
  );
  t.same(facts.split("\n"), expected);
  const script =
    "echo x > /dev/null && head -c 4 /dev/zero | od -An -tx1 && head -c 8 /dev/urandom | wc -c; echo x > /dev/full || echo full";
  t.match(await inside(t, script, { process: { user: { uid: 1000, gid: 1000 } } }), /00 00 00 00\n8\nfull$/);
});

test("the links are there, and ptmx leads to the container's own devpts", async (t) => {
  const facts = await inside(
    t,
    `for name in ${Object.keys(LINKS).join(" ")}; do readlink /dev/$name; done; stat -Lc %t:%T /dev/ptmx; ls -d /dev/console 2>&1; exit 0`,
  );
  const lines = facts.split("\n");
  t.same(lines.slice(0, 4), Object.values(LINKS));
  t.equal(lines[4], "5:2");
  t.match(lines[5], /No such file/, "there is no console without a terminal");
});

test("nothing else is in /dev", async (t) => {
  const names = (await inside(t, "ls /dev")).split("\n");
  t.same(names.sort(), [...Object.keys(DEFAULTS), ...Object.keys(LINKS), "mqueue", "ptmx", "pts", "shm"].sort());
});

const DEVICES: readonly { name: string; device: object; stat: string }[] = [
  {
    name: "a character device",
    device: { path: "/dev/fuse", type: "c", major: 10, minor: 229 },
    stat: "character special file a:e5 666 0:0",
  },
  {
    name: "type u is the same",
    device: { path: "/dev/u", type: "u", major: 1, minor: 3 },
    stat: "character special file 1:3 666 0:0",
  },
  {
    name: "a block device",
    device: { path: "/dev/block", type: "b", major: 7, minor: 300 },
    stat: "block special file 7:12c 666 0:0",
  },
  { name: "a FIFO", device: { path: "/dev/fifo", type: "p" }, stat: "fifo 0:0 666 0:0" },
  {
    name: "mode and owner",
    device: { path: "/dev/owned", type: "c", major: 1, minor: 3, fileMode: 0o640, uid: 5, gid: 6 },
    stat: "character special file 1:3 640 5:6",
  },
  {
    name: "mode 0",
    device: { path: "/dev/closed", type: "c", major: 1, minor: 3, fileMode: 0 },
    stat: "character special file 1:3 0 0:0",
  },
  {
    name: "a mode that the runtime's umask would cut",
    device: { path: "/dev/open", type: "c", major: 1, minor: 3, fileMode: 0o777 },
    stat: "character special file 1:3 777 0:0",
  },
  {
    name: "a mode with the type of the file, as engines write it",
    device: { path: "/dev/typed", type: "c", major: 1, minor: 3, fileMode: 0o20640 },
    stat: "character special file 1:3 640 0:0",
  },
  {
    name: "in a folder that is missing",
    device: { path: "/dev/new/folder/null", type: "c", major: 1, minor: 3 },
    stat: "character special file 1:3 666 0:0",
  },
  {
    name: "large numbers",
    device: { path: "/dev/large", type: "c", major: 4095, minor: 1048575 },
    stat: "character special file fff:fffff 666 0:0",
  },
];

for (const { name, device, stat } of DEVICES) {
  test(`linux.devices: ${name}`, async (t) => {
    const { path } = device as { path: string };
    t.equal(await inside(t, `stat -c '%F %t:%T %a %u:%g' ${path}`, { linux: { devices: [device] } }), stat);
  });
}

test("a device outside /dev is made in the root", async (t) => {
  const devices = [{ path: "/srv/deep/null", type: "c", major: 1, minor: 3 }];
  const subject = container(t, (it) => ({
    root: it.ownRootfs(),
    linux: { devices },
    process: { args: ["sh", "-c", "echo x > /srv/deep/null"] },
  }));
  const { code, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  t.ok(lstatSync(join(subject.rootfs, "srv/deep/null")).isCharacterDevice());
});

test("a device that replaces a default one, and one that is there and matches, are fine", async (t) => {
  const devices = [{ path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 0o600, uid: 7, gid: 8 }];
  t.equal(await inside(t, "stat -c '%t:%T %a %u:%g' /dev/null", { linux: { devices } }), "1:3 600 7:8");
  const subject = container(t, (it) => {
    const found = [{ path: "/srv/found", type: "c", major: 1, minor: 3 }];
    return {
      root: it.ownRootfs(),
      linux: { devices: found },
      process: { args: ["stat", "-c", "%t:%T", "/srv/found"] },
    };
  });
  await run(["mknod", join(subject.rootfs, "srv/found"), "c", "1", "3"]);
  t.equal((await subject.run()).stdout, "1:3\n");
});

test("a file in the way that does not match is an error", async (t) => {
  const blocked = (prepare: (path: string) => unknown) => (it: Container) => {
    const root = it.ownRootfs();
    prepare(join(it.rootfs, "srv/blocked"));
    return { root, linux: { devices: [{ path: "/srv/blocked", type: "c", major: 1, minor: 3 }] } };
  };
  t.match(
    await refused(
      t,
      blocked((path) => writeFileSync(path, "")),
    ),
    /srv\/blocked/,
    "a plain file",
  );
  t.match(
    await refused(
      t,
      blocked((path) => symlinkSync("/dev/zero", path)),
    ),
    /srv\/blocked/,
    "a link",
  );
  const subject = container(
    t,
    blocked(() => {}),
  );
  await run(["mknod", join(subject.rootfs, "srv/blocked"), "c", "1", "5"]);
  const { code, stderr } = await subject.create();
  t.not(code, 0);
  t.match(stderr, /srv\/blocked/, "another device");
});

test("a /dev that the caller binds is left as it is", async (t) => {
  const subject = container(t, (it) => {
    const dev = { destination: "/dev", source: it.folder("dev"), options: ["rbind"] };
    for (const name of ["null", "marker"]) writeFileSync(join(it.folder("dev"), name), "");
    return {
      mounts: [...mountsBut("/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"), dev],
      process: { args: ["ls", "/dev"] },
    };
  });
  t.equal((await subject.run()).stdout, "marker\nnull\n");
  t.same(list(join(subject.directory, "dev")), ["marker", "null"]);
});

test("without a mount on /dev the devices are made in the root", async (t) => {
  const subject = container(t, (it) => ({
    root: it.ownRootfs(),
    mounts: MOUNTS.filter(({ destination }) => destination === "/proc"),
    process: { args: ["sh", "-c", "echo x > /dev/null; stat -c %t:%T /dev/null /dev/tty; readlink /dev/fd"] },
  }));
  t.equal((await subject.run()).stdout, "1:3\n5:0\n/proc/self/fd\n");
});

test("a device is refused", async (t) => {
  const device = (change: object) => ({
    linux: { devices: [{ path: "/dev/x", type: "c", major: 1, minor: 3, ...change }] },
  });
  t.match(await refused(t, device({ type: "x" })), /type|devices/, "of an unknown type");
  t.match(await refused(t, device({ type: undefined })), /type/, "without type");
  t.match(await refused(t, device({ path: undefined })), /path/, "without path");
  t.match(await refused(t, device({ path: "dev/x" })), /path|dev\/x/, "with a relative path");
  t.match(await refused(t, device({ major: undefined })), /major/, "without major number");
  t.match(await refused(t, device({ fileMode: -1 })), /fileMode/, "with a negative mode");
  t.match(await refused(t, device({ uid: 4294967296 })), /uid/, "with an id of 33 bits");
});
