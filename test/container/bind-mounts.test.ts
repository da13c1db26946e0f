/** config.md § Mounts, bind and rbind: sources, options of the mount, and of the mounts below it. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { type Container, container, refused } from "../support/container.ts";
import { type Mount, mountOn, parseMounts } from "../support/host.ts";

/** Mounts a tmpfs on `path`, on the host, while the test runs. */
async function hostMount(t: Test, path: string, ...options: string[]): Promise<void> {
  mkdirSync(path, { recursive: true });
  t.equal((await run(["mount", "-t", "tmpfs", "-o", ["size=1m", ...options].join(","), "runt-test", path])).code, 0);
  t.teardown(() => run(["umount", "--lazy", path]));
}

/** Runs a container with `binds` and gives what it sees of them. */
async function mounted(
  t: Test,
  subject: Container,
): Promise<{ stdout: string; on: (target: string) => Mount | undefined }> {
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  const found = parseMounts(stdout);
  return { stdout, on: (target) => mountOn(target, found) };
}

const show = { process: { args: ["cat", "/proc/self/mountinfo"] } };
const scratchMounts = [...MOUNTS, { destination: "/mnt", type: "tmpfs", source: "tmpfs" }];

const OPTIONS: readonly { options: string[]; has?: string[]; lacks?: string[] }[] = [
  { options: ["bind"], has: ["rw"], lacks: ["nosuid", "nodev", "noexec"] },
  { options: ["bind", "ro"], has: ["ro"] },
  { options: ["ro", "bind", "rw"], has: ["rw"] },
  { options: ["rbind", "ro", "nosuid", "nodev", "noexec"], has: ["ro", "nosuid", "nodev", "noexec"] },
  { options: ["bind", "noatime"], has: ["noatime"] },
  { options: ["bind", "strictatime"], lacks: ["noatime", "relatime"] },
  { options: ["bind", "nodiratime"], has: ["nodiratime"] },
  { options: ["bind", "nosymfollow"], has: ["nosymfollow"] },
  { options: ["bind", "rro"], has: ["ro"] },
  { options: ["bind", "rnosuid", "rnodev", "rnoexec"], has: ["nosuid", "nodev", "noexec"] },
];

for (const { options, has = [], lacks = [] } of OPTIONS) {
  test(`bind mount options ${options}`, async (t) => {
    const subject = container(t, (it) => {
      const bind = { destination: "/mnt/it", type: "none", source: it.folder("source"), options };
      return { ...show, mounts: [...scratchMounts, bind] };
    });
    const { on } = await mounted(t, subject);
    const found = on("/mnt/it")?.options ?? [];
    t.same(
      has.filter((option) => !found.includes(option)),
      [],
      `has ${has}: ${found}`,
    );
    t.same(
      lacks.filter((option) => found.includes(option)),
      [],
      `lacks ${lacks}: ${found}`,
    );
  });
}

const OF_A_SOURCE: readonly { options: readonly string[]; is: string }[] = [
  { options: [], is: "nodev,nodiratime,noexec,nosuid,nosymfollow,relatime,rw" },
  { options: ["rprivate"], is: "nodev,nodiratime,noexec,nosuid,nosymfollow,relatime,rw" },
  { options: ["ro"], is: "nodiratime,relatime,ro" },
  { options: ["rw"], is: "nodiratime,relatime,rw" },
  { options: ["dev"], is: "nodiratime,relatime,rw" },
  { options: ["nosuid"], is: "nodiratime,nosuid,relatime,rw" },
  { options: ["ro", "nosuid", "nodev", "noexec"], is: "nodev,nodiratime,noexec,nosuid,relatime,ro" },
  { options: ["ro", "noatime"], is: "noatime,ro" },
  { options: ["rro"], is: "nodev,nodiratime,noexec,nosuid,nosymfollow,relatime,ro" },
];

test("a bind mount has its source's flags, or with an option for any just those asked for", async (t) => {
  const subject = container(t, (it) => {
    const source = join(it.directory, "source");
    const binds = OF_A_SOURCE.map(({ options }, index) => ({
      destination: `/mnt/${index}`,
      source,
      options: ["rbind", ...options],
    }));
    return { ...show, mounts: [...scratchMounts, ...binds] };
  });
  const source = join(subject.directory, "source");
  await hostMount(t, source, "nosuid", "nodev", "noexec", "nodiratime", "nosymfollow");
  await hostMount(t, join(source, "below"), "nosuid", "nodev", "noexec");
  const { on } = await mounted(t, subject);
  for (const [index, { options, is }] of OF_A_SOURCE.entries()) {
    t.equal(on(`/mnt/${index}`)?.options.toSorted().join(), is, options.join() || "none");
    const below = on(`/mnt/${index}/below`)?.options.toSorted().join();
    t.equal(below, `nodev,noexec,nosuid,relatime,${options.includes("rro") ? "ro" : "rw"}`, "what is below stays");
  }
});

test("bind leaves what is mounted below the source, rbind takes it along", async (t) => {
  const subject = container(t, (it) => {
    const source = it.folder("source");
    const bind = (kind: string) => ({ destination: `/mnt/${kind}`, source, options: [kind] });
    return { ...show, mounts: [...scratchMounts, bind("bind"), bind("rbind")] };
  });
  await hostMount(t, join(subject.directory, "source/below"));
  const { on } = await mounted(t, subject);
  t.notOk(on("/mnt/bind/below"));
  t.ok(on("/mnt/rbind/below"));
});

/** Of an rbind: what its own mount and the one below it then have. */
const BELOW: readonly {
  options: string[];
  below?: string[];
  own: (options: readonly string[]) => boolean;
  under: (options: readonly string[]) => boolean;
}[] = [
  ...(
    [
      ["rro", "ro"],
      ["rnosuid", "nosuid"],
      ["rnodev", "nodev"],
      ["rnoexec", "noexec"],
      ["rnoatime", "noatime"],
      ["rnodiratime", "nodiratime"],
      ["rnosymfollow", "nosymfollow"],
    ] as const
  ).map(([option, flag]) => ({
    options: [option],
    own: (o: readonly string[]) => o.includes(flag),
    under: (o: readonly string[]) => o.includes(flag),
  })),
  ...(
    [
      ["rrw", "ro"],
      ["rsuid", "nosuid"],
      ["rdev", "nodev"],
      ["rexec", "noexec"],
      ["ratime", "noatime"],
      ["rrelatime", "noatime"],
      ["rstrictatime", "relatime"],
      ["rsymfollow", "nosymfollow"],
      ["rdiratime", "nodiratime"],
    ] as const
  ).map(([option, flag]) => ({
    options: [option],
    below: [flag],
    own: (o: readonly string[]) => !o.includes(flag),
    under: (o: readonly string[]) => !o.includes(flag),
  })),
  // Without r only the mount itself changes.
  { options: ["ro"], own: (o) => o.includes("ro"), under: (o) => !o.includes("ro") },
  { options: ["nosuid"], own: (o) => o.includes("nosuid"), under: (o) => !o.includes("nosuid") },
  { options: ["rro", "rw"], own: (o) => o.includes("ro") || o.includes("rw"), under: (o) => o.includes("ro") },
];

for (const { options, below = [], own, under } of BELOW) {
  test(`rbind,${options}: the mount below it${below.length ? `, ${below} before` : ""}`, async (t) => {
    const subject = container(t, (it) => {
      const bind = { destination: "/mnt/it", source: it.folder("source"), options: ["rbind", ...options] };
      return { ...show, mounts: [...scratchMounts, bind] };
    });
    await hostMount(t, join(subject.directory, "source/below"), ...below);
    const { on } = await mounted(t, subject);
    t.ok(own(on("/mnt/it")?.options ?? []), `the mount: ${on("/mnt/it")?.options}`);
    t.ok(under(on("/mnt/it/below")?.options ?? []), `below it: ${on("/mnt/it/below")?.options}`);
  });
}

const SOURCES: readonly { name: string; mount: (it: Container) => Config }[] = [
  { name: "an absolute folder", mount: (it) => ({ source: it.folder("source") }) },
  { name: "a folder relative to the bundle", mount: () => ({ source: "../source" }) },
  { name: "of whatever type", mount: (it) => ({ source: it.folder("source"), type: "tmpfs" }) },
  { name: "of type bind", mount: (it) => ({ source: it.folder("source"), type: "bind" }) },
  { name: "without type", mount: (it) => ({ source: it.folder("source"), type: undefined }) },
  {
    name: "a symbolic link on the host",
    mount: (it) => {
      symlinkSync("source", join(it.directory, "link"));
      return { source: join(it.directory, "link") };
    },
  },
];

for (const { name, mount } of SOURCES) {
  test(`the source is ${name}`, async (t) => {
    const subject = container(t, (it) => {
      writeFileSync(join(it.folder("source"), "marker"), "here\n");
      const bind = { destination: "/mnt/it", type: "none", options: ["bind"], ...mount(it) };
      return { mounts: [...scratchMounts, bind], process: { args: ["cat", "/mnt/it/marker"] } };
    });
    t.equal((await subject.run([], { cwd: "/" })).stdout, "here\n");
  });
}

test("the source is a file, a socket or a device", async (t) => {
  const subject = container(t, (it) => {
    writeFileSync(join(it.directory, "file"), "content\n");
    const binds = [
      ["file", join(it.directory, "file")],
      ["null", "/dev/null"],
    ].map(([name, source]) => ({ destination: `/mnt/${name}`, source, options: ["bind"] }));
    return {
      mounts: [...scratchMounts, ...binds],
      process: { args: ["sh", "-c", "cat /mnt/file; stat -c %t:%T /mnt/null"] },
    };
  });
  t.equal((await subject.run()).stdout, "content\n1:3\n");
});

test("what is written to a bind mount is on the host", async (t) => {
  const subject = container(t, (it) => {
    const bind = { destination: "/mnt/it", source: it.folder("source"), options: ["bind"] };
    return { mounts: [...scratchMounts, bind], process: { args: ["sh", "-c", "echo inside > /mnt/it/file"] } };
  });
  t.equal((await subject.run()).code, 0);
  t.equal((await run(["cat", join(subject.directory, "source/file")])).stdout, "inside\n");
});

test("remount changes a mount that is there", async (t) => {
  const remount = {
    destination: "/mnt/it",
    type: "tmpfs",
    source: "tmpfs",
    options: ["remount", "bind", "ro", "nosuid"],
  };
  const tmpfs = { destination: "/mnt/it", type: "tmpfs", source: "tmpfs", options: ["nodev"] };
  const { on } = await mounted(t, container(t, { ...show, mounts: [...scratchMounts, tmpfs, remount] }));
  t.match(on("/mnt/it")?.options.join(), /^ro,nosuid/);
});

test("a bind mount is refused", async (t) => {
  const bind = (change: object) => ({
    mounts: [...scratchMounts, { destination: "/mnt/it", source: "/no/such/source", options: ["bind"], ...change }],
  });
  t.match(await refused(t, bind({})), /no\/such\/source.*no such file or directory/, "whose source does not exist");
  t.match(await refused(t, bind({ source: undefined })), /source|mnt\/it/, "without source");
  t.match(
    await refused(t, (it) => bind({ source: it.folder("x"), options: ["bind", "idmap"] })),
    /idmap|mapping/i,
    "idmap without mappings or user namespace",
  );
});
