/** config.md § Root: where it is found, read-only or not, and that nothing of the host's tree can be seen from inside. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { type Container, container, inside, list, refused } from "../support/container.ts";
import { mounts, parseMounts } from "../support/host.ts";
import { PREFIX } from "../support/scratch.ts";

const PATHS: readonly { name: string; path: (it: Container) => string }[] = [
  { name: "relative to the bundle", path: () => "rootfs" },
  { name: "relative and dotted", path: () => "./other/../rootfs/" },
  { name: "absolute", path: (it) => it.rootfs },
  {
    name: "through a symbolic link of the host's",
    path: (it) => {
      symlinkSync("bundle", join(it.directory, "link"));
      return join(it.directory, "link/rootfs");
    },
  },
];

for (const { name, path } of PATHS) {
  test(`root.path is ${name}`, async (t) => {
    const subject = container(t, (it) => {
      it.ownRootfs();
      mkdirSync(join(it.bundle, "other"));
      writeFileSync(join(it.rootfs, "marker"), "of this root\n");
      return {
        root: { path: path(it), readonly: false },
        process: { args: ["sh", "-c", "cat /marker; echo written > /new"] },
      };
    });
    const { code, stdout, stderr } = await subject.run([], { cwd: "/" });
    t.equal(code, 0, stderr);
    t.equal(stdout, "of this root\n");
    t.equal(readFileSync(join(subject.rootfs, "new"), "utf8"), "written\n", "it can be written to");
  });
}

test("a read-only root cannot be written to, mounts in it can", async (t) => {
  const subject = container(t, (it) => {
    it.ownRootfs();
    const args = [
      "sh",
      "-c",
      "touch /new; touch /etc/passwd; rm /bin/sh; mkdir /tmp/new; touch /dev/new && touch /data/new && echo mounts",
    ];
    const data = { destination: "/data", source: it.folder("data"), options: ["rbind", "rw"] };
    return { root: { path: "rootfs", readonly: true }, mounts: [...MOUNTS, data], process: { args } };
  });
  const { stdout, stderr } = await subject.run();
  t.equal(stdout, "mounts\n");
  t.equal(stderr.match(/Read-only file system/g)?.length, 4);
  t.same(list(join(subject.directory, "data")), ["new"]);
});

test("the container has its own mounts and no others", async (t) => {
  const text = await inside(t, "cat /proc/self/mountinfo");
  const targets = parseMounts(text).map(({ target }) => target);
  t.same(targets, ["/", ...MOUNTS.map((mount) => String(mount.destination))]);
});

test("nothing above the root can be reached", async (t) => {
  const facts = await inside(t, "ls -d /../../../.. | head -1; stat -c %i / /.. /../../tmp/..; ls /");
  const [, ...inodes] = facts.split("\n").slice(0, 4);
  t.equal(new Set(inodes).size, 1, "the parent of / is /");
  t.notMatch(facts, "work", "no folder of the host's");
});

test("the root of a container that waits for start is its own", async (t) => {
  const subject = container(t);
  t.equal((await subject.create()).code, 0);
  const { pid } = await subject.state();
  t.same(list(`/proc/${pid}/root/`), list(String((subject.config.root as { path: string }).path)));
  t.same(list(`/proc/${pid}/cwd/`), list(`/proc/${pid}/root/`), "and so is its working directory");
});

test("the host's mounts are as before, while it runs and after", async (t) => {
  const subject = container(t, (it) => ({ root: it.ownRootfs(), process: { args: ["sleep", "60"] } }));
  // Other tests mount in directories of their own meanwhile.
  const present = () =>
    mounts()
      .filter(({ target }) => !target.includes(PREFIX) || target.includes(subject.id))
      .map(({ id }) => id);
  const before = present();
  await subject.create();
  t.same(present(), before, "created");
  await subject.start();
  t.same(present(), before, "running");
  await subject.delete("--force");
  t.same(present(), before, "deleted");
});

test("--no-pivot makes the same root without pivot_root", async (t) => {
  const subject = container(t, {
    process: { args: ["sh", "-c", "ls -d /../etc/passwd; stat -c %i / /..; ls /; cat /proc/self/mountinfo"] },
  });
  const { code, stdout, stderr } = await subject.run(["--no-pivot"]);
  t.equal(code, 0, stderr);
  t.notMatch(stdout, "work");
  const [root, parent] = stdout.split("\n").slice(1);
  t.equal(parent, root);
});

test("a root is refused", async (t) => {
  t.match(await refused(t, { root: undefined }), /root/i, "that is missing");
  t.match(await refused(t, { root: { path: undefined } }), /root|path/i, "without path");
  t.match(
    await refused(t, { root: { path: "/no/such/root" } }),
    /no\/such\/root.*no such file or directory/i,
    "that does not exist",
  );
  t.match(
    await refused(t, { root: { path: "/no/such/root" }, process: { env: [] } }),
    /create failed: open the root \/no\/such\/root: /,
    "that does not exist, where it would be asked for the home directory",
  );
  const file = (it: Container) => {
    writeFileSync(join(it.bundle, "file"), "");
    return { root: { path: "file" } };
  };
  t.match(await refused(t, file), /not a directory/i, "that is a file");
});
