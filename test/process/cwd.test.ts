/** config.md § Process, cwd. That it stays inside the root: see ../security/cwd-outside-root.test.ts. */
import { chmodSync, chownSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Config } from "../support/bundle.ts";
import { type Container, container, refused } from "../support/container.ts";

function withCwd(cwd: string, user: Config = { uid: 0, gid: 0 }) {
  return (subject: Container): Config => {
    const root = subject.ownRootfs();
    mkdirSync(join(subject.rootfs, "srv/private"));
    chownSync(join(subject.rootfs, "srv/private"), 1000, 1000);
    chmodSync(join(subject.rootfs, "srv/private"), 0o700);
    symlinkSync("/srv/private", join(subject.rootfs, "absolute"));
    symlinkSync("../../../../srv", join(subject.rootfs, "relative"));
    writeFileSync(join(subject.rootfs, "file"), "");
    return { root, process: { args: ["pwd", "-P"], cwd, user } };
  };
}

const CASES: readonly { cwd: string; is?: string; user?: Config }[] = [
  { cwd: "/" },
  { cwd: "/srv" },
  { cwd: "/srv/", is: "/srv" },
  { cwd: "/srv/../srv/./private", is: "/srv/private" },
  { cwd: "/absolute", is: "/srv/private" },
  { cwd: "/relative", is: "/srv" },
  { cwd: "/../../..", is: "/" },
  { cwd: "/proc/sys", is: "/proc/sys" },
  // Neither root without CAP_DAC_OVERRIDE nor anybody else may enter it, only its owner.
  { cwd: "/srv/private", user: { uid: 1000, gid: 1000 } },
];

for (const { cwd, is = cwd, user } of CASES) {
  test(`cwd ${cwd} is ${is}${user ? " for its owner" : ""}`, async (t) => {
    const { code, stdout, stderr } = await container(t, withCwd(cwd, user)).run();
    t.equal(stdout.trim(), is, stderr);
    t.equal(code, 0);
  });
}

test("a missing cwd is made by create", async (t) => {
  const subject = container(t, withCwd("/new/deep/er"));
  t.equal((await subject.create()).code, 0);
  const made = lstatSync(join(subject.rootfs, "new/deep/er"));
  t.ok(made.isDirectory());
  t.equal(made.mode & 0o7777, 0o755);
  t.equal((await subject.start()).code, 0);
});

test("a missing cwd is made in a root that becomes read-only, also behind symlinks, never outside of it", async (t) => {
  for (const cwd of ["/new/deep/er", "/absolute/new", "/relative/new/"]) {
    const change = (subject: Container) => ({ ...withCwd(cwd)(subject), root: { path: "rootfs", readonly: true } });
    const { code, stdout, stderr } = await container(t, change).run();
    t.equal(code, 0, stderr);
    t.match(stdout, /er\n$|new\n$/);
  }
});

test("a cwd is refused", async (t) => {
  t.match(await refused(t, withCwd("srv")), /cwd/i, "that is relative");
  t.match(await refused(t, withCwd("")), /cwd/i, "that is empty");
  t.match(await refused(t, withCwd("/file")), /cwd|\/file/, "that is a file");
  const readonly = { root: { path: "rootfs", readonly: true } };
  t.match(
    await refused(t, (it) => ({ ...withCwd("/file/x")(it), ...readonly })),
    /cwd "\/file\/x".*ENOTDIR/,
    "that can't be made",
  );
  t.match(await refused(t, { process: { cwd: undefined } }), /cwd/i, "that is missing");
});
