/** config.md § Mounts, destination: made when missing, found inside the root, covered in the listed order. */
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { type Container, container, list, refused } from "../support/container.ts";
import { parseMounts } from "../support/host.ts";

/** A container with a root of its own that mounts `source`, a folder with a marker, on `destination`. */
function target(destination: string, prepare: (it: Container) => void = () => {}, source = "source") {
  return (it: Container) => {
    const root = it.ownRootfs();
    writeFileSync(join(it.folder("source"), "marker"), "here\n");
    prepare(it);
    const bind = { destination, source: join(it.directory, source), options: ["bind"] };
    return { root, mounts: [...MOUNTS, bind], process: { args: ["cat", "/proc/self/mountinfo"] } };
  };
}

const TARGETS: readonly {
  name: string;
  destination: string;
  prepare?: (it: Container) => void;
  on: string;
  made?: string;
}[] = [
  { name: "a folder that is there", destination: "/srv", on: "/srv" },
  { name: "a missing folder", destination: "/new", on: "/new", made: "new" },
  { name: "missing folders in missing folders", destination: "/new/deep/er", on: "/new/deep/er", made: "new/deep/er" },
  { name: "with a slash at its end", destination: "/new/", on: "/new", made: "new" },
  { name: "with doubled slashes and dots", destination: "//srv/./x/../new", on: "/srv/new" },
  { name: "relative to /", destination: "srv/new", on: "/srv/new", made: "srv/new" },
  { name: "above the root", destination: "/../../srv", on: "/srv" },
  {
    name: "through an absolute link",
    destination: "/link/new",
    prepare: (it) => symlinkSync("/srv", join(it.rootfs, "link")),
    on: "/srv/new",
    made: "srv/new",
  },
  {
    name: "through a link that climbs",
    destination: "/link/new",
    prepare: (it) => symlinkSync("../../../../../srv", join(it.rootfs, "link")),
    on: "/srv/new",
    made: "srv/new",
  },
  {
    name: "a link itself",
    destination: "/link",
    prepare: (it) => symlinkSync("/srv", join(it.rootfs, "link")),
    on: "/srv",
  },
  {
    name: "a link to what is missing",
    destination: "/link",
    prepare: (it) => symlinkSync("/new/deep", join(it.rootfs, "link")),
    on: "/new/deep",
    made: "new/deep",
  },
  {
    name: "through a link that climbs to what is missing",
    destination: "/srv/link/er",
    prepare: (it) => {
      mkdirSync(join(it.rootfs, "srv"), { recursive: true });
      symlinkSync("../../../../new/deep", join(it.rootfs, "srv/link"));
    },
    on: "/new/deep/er",
    made: "new/deep/er",
  },
  { name: "a name with blanks and signs", destination: "/a b\\c,d\té", on: "/a b\\c,d\té", made: "a b\\c,d\té" },
  { name: "in another mount", destination: "/dev/shm/new", on: "/dev/shm/new" },
];

for (const { name, destination, prepare, on, made } of TARGETS) {
  test(`the destination is ${name}`, async (t) => {
    const subject = container(t, target(destination, prepare));
    const { code, stdout, stderr } = await subject.run();
    t.equal(code, 0, stderr);
    t.ok(
      parseMounts(stdout).some((mount) => mount.target === on),
      `mounted on ${on}`,
    );
    if (made === undefined) return;
    const stat = lstatSync(join(subject.rootfs, made));
    t.same([stat.isDirectory(), stat.mode & 0o7777, stat.uid, stat.gid], [true, 0o755, 0, 0], `made ${made}`);
  });
}

test("a missing destination of a file becomes a file", async (t) => {
  const subject = container(t, target("/new/folder/file", undefined, "source/marker"));
  t.equal((await subject.run()).code, 0);
  const stat = lstatSync(join(subject.rootfs, "new/folder/file"));
  t.same([stat.isFile(), stat.size], [true, 0]);
});

test("a link in the image says nothing of what is in the mount above it", async (t) => {
  const subject = container(t, (it) => {
    const change = target("/tmp/new")(it);
    symlinkSync("/nowhere", join(it.rootfs, "tmp/new"));
    symlinkSync("/tmp", join(it.rootfs, "link"));
    const tmpfs = { destination: "/tmp", type: "tmpfs", source: "tmpfs" };
    const bind = (destination: string) => ({ destination, source: it.folder("source"), options: ["bind"] });
    return { ...change, mounts: [...MOUNTS, tmpfs, bind("/tmp/new"), bind("/link/newer")] };
  });
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  const places = parseMounts(stdout).map((mount) => mount.target);
  t.same(places.slice(-2), ["/tmp/new", "/tmp/newer"]);
});

const TO_PROC: readonly { name: string; destination: string; link: string; message: RegExp }[] = [
  { name: "/proc itself", destination: "/link", link: "/proc", message: /only a procfs can be mounted there/ },
  { name: "a file of it", destination: "/link", link: "../proc/version", message: /inside \/proc only/ },
  { name: "a directory of it", destination: "/link/sys", link: "/proc", message: /inside \/proc only/ },
];

for (const { name, destination, link, message } of TO_PROC) {
  test(`a link to /proc is no way to cover ${name}`, async (t) => {
    const error = await refused(
      t,
      target(destination, (it) => symlinkSync(link, join(it.rootfs, "link"))),
    );
    t.match(error, message);
    t.match(error, `mount on ${destination}`);
  });
}

test("a destination of the wrong kind is refused", async (t) => {
  t.match(await refused(t, target("/etc/passwd")), /\/etc\/passwd/, "a file for a folder");
  t.match(await refused(t, target("/srv", undefined, "source/marker")), /\/srv/, "a folder for a file");
  t.match(await refused(t, target("/etc/passwd/x")), /\/etc\/passwd\/x/, "below a file");
  const loop = (it: Container) => symlinkSync("/loop", join(it.rootfs, "loop"));
  t.match(await refused(t, target("/loop/x", loop)), /\/loop/, "links in a circle");
});

test("mounts are made in the listed order", async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    for (const name of ["one", "two"]) writeFileSync(join(it.folder(name), name), "");
    mkdirSync(join(it.directory, "one/below"));
    const bind = (name: string, destination: string) => ({
      destination,
      source: join(it.directory, name),
      options: ["bind"],
    });
    const script = "ls /srv /srv/below /mnt";
    const mounts = [
      ...MOUNTS,
      bind("one", "/srv"),
      bind("two", "/srv/below"),
      bind("one", "/mnt"),
      bind("two", "/mnt"),
    ];
    return { root, mounts, process: { args: ["sh", "-c", script] } };
  });
  const { stdout } = await subject.run();
  t.equal(
    stdout,
    "/mnt:\ntwo\n\n/srv:\nbelow\none\n\n/srv/below:\ntwo\n",
    "a later one below or on top of an earlier one",
  );
  t.same(list(join(subject.rootfs, "srv")), [], "and none of it in the root itself");
});

test("a destination on a read-only root is made before it becomes so", async (t) => {
  const subject = container(t, (it) => {
    const change = target("/new/folder")(it);
    return { ...change, root: { path: "rootfs", readonly: true } };
  });
  t.equal((await subject.run()).code, 0);
});

test("hundreds of mounts are made", async (t) => {
  const subject = container(t, (it) => {
    const change = target("/srv")(it);
    const source = it.folder("source");
    const many = Array.from({ length: 300 }, (_, index) => ({
      destination: `/mnt/${index}`,
      source,
      options: ["bind", "ro"],
    }));
    return { ...change, mounts: [...change.mounts, ...many] };
  });
  const { stdout } = await subject.run();
  t.equal(parseMounts(stdout).filter(({ target: on }) => on.startsWith("/mnt/")).length, 300);
});
