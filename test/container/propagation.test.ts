/** config-linux.md § Rootfs Mount Propagation, and the propagation options of mounts: mount_namespaces(7). */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { capable, MOUNTS } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { type Container, container, refused } from "../support/container.ts";
import { mountOn, mounts, PATIENCE, parseMounts } from "../support/host.ts";

/** Makes `path` a mount of the host that hands its mounts on, for the time of the test. */
async function shared(t: Test, path: string): Promise<void> {
  mkdirSync(path, { recursive: true });
  await run(["mount", "-t", "tmpfs", "-o", "size=1m", "runt-test", path]);
  await run(["mount", "--make-shared", path]);
  t.teardown(() => run(["umount", "--recursive", "--lazy", path]));
}

const kinds = (propagation: readonly string[] | undefined) =>
  (propagation ?? []).map((field) => field.split(":")[0]).join(" ");

/** Of a bind mount whose source is shared: what the mount in the container is. */
const OPTIONS: readonly { option: string | undefined; is: string }[] = [
  { option: "shared", is: "shared" },
  { option: "rshared", is: "shared" },
  { option: "slave", is: "master" },
  { option: "rslave", is: "master" },
  { option: "private", is: "" },
  { option: "rprivate", is: "" },
  { option: "unbindable", is: "unbindable" },
  { option: "runbindable", is: "unbindable" },
];

for (const { option, is } of OPTIONS) {
  test(`a bind mount with ${option} is ${is || "private"}`, async (t) => {
    const subject = container(t, (it) => {
      const bind = { destination: "/mnt", source: join(it.directory, "source"), options: ["rbind", option] };
      return { mounts: [...MOUNTS, bind], process: { args: ["cat", "/proc/self/mountinfo"] } };
    });
    await shared(t, join(subject.directory, "source"));
    const { code, stdout, stderr } = await subject.run();
    t.equal(code, 0, stderr);
    // The container's mounts are slaves of the host's at first: a shared one may stay one besides.
    t.equal(kinds(mountOn("/mnt", parseMounts(stdout))?.propagation).replace("shared master", "shared"), is);
  });
}

test("a tmpfs can be shared too", async (t) => {
  const tmpfs = { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "shared"] };
  const { stdout } = await container(t, {
    mounts: [...MOUNTS, tmpfs],
    process: { args: ["cat", "/proc/self/mountinfo"] },
  }).run();
  t.equal(kinds(mountOn("/tmp", parseMounts(stdout))?.propagation), "shared");
});

/** Runs a container that binds a shared source with `option`, and sees who sees the other's mounts. */
async function exchange(
  t: Test,
  option: string,
  rootfsPropagation: string,
): Promise<{ hostsInside: boolean; insidesOnHost: boolean }> {
  const subject: Container = container(t, (it) => {
    const bind = { destination: "/mnt", source: join(it.directory, "source"), options: ["rbind", option] };
    const script =
      "mount -t tmpfs inside /mnt/inside; echo mounted; read line; grep -c ' /mnt/host ' /proc/self/mountinfo; umount /mnt/inside";
    const process = { args: ["sh", "-c", script], capabilities: capable("CAP_SYS_ADMIN") };
    return { mounts: [...MOUNTS, bind], process, linux: { rootfsPropagation } };
  });
  const source = join(subject.directory, "source");
  await shared(t, source);
  for (const name of ["inside", "host"]) mkdirSync(join(source, name));
  const fifo = join(subject.directory, "fifo");
  await run(["mkfifo", fifo]);
  const created = subject.run([], { launcher: ["sh", "-c", `exec "$@" < ${fifo}`, "sh"] });
  // Opening the pipe for writing waits for the container's reader.
  const told = await run([
    "sh",
    "-c",
    `exec 3> ${fifo}; sleep ${0.3 * PATIENCE}; mount -t tmpfs host ${source}/host; grep -c ${source}/inside /proc/self/mountinfo; echo >&3`,
  ]);
  const { stdout } = await created;
  return { hostsInside: stdout.includes("\n1\n"), insidesOnHost: told.stdout.startsWith("1") };
}

/** As engines ask for them: what is shared both ways needs a root that is, too. */
const EXCHANGES = [
  ["rshared", "rshared", true, true],
  ["rslave", "rslave", true, false],
  ["rprivate", "rprivate", false, false],
] as const;

for (const [option, rootfsPropagation, hostsInside, insidesOnHost] of EXCHANGES) {
  test(`${option}: the host's later mounts ${hostsInside ? "appear" : "do not appear"} inside, the container's ${insidesOnHost ? "" : "do not "}on the host`, async (t) => {
    t.same(await exchange(t, option, rootfsPropagation), { hostsInside, insidesOnHost });
  });
}

/** Of the root mount, when the mount it comes from is shared on the host. */
const ROOTS: readonly { rootfsPropagation: string | undefined; is: string }[] = [
  { rootfsPropagation: "private", is: "" },
  { rootfsPropagation: "rprivate", is: "" },
  { rootfsPropagation: "slave", is: "master" },
  { rootfsPropagation: "rslave", is: "master" },
  { rootfsPropagation: "unbindable", is: "unbindable" },
];

for (const { rootfsPropagation, is } of ROOTS) {
  test(`rootfsPropagation ${rootfsPropagation}: the root is ${is || "private"}`, async (t) => {
    const subject = container(t, (it) => ({
      root: { path: join(it.directory, "shared/rootfs"), readonly: false },
      process: { args: ["cat", "/proc/self/mountinfo"] },
      linux: { rootfsPropagation },
    }));
    await shared(t, join(subject.directory, "shared"));
    subject.ownRootfs();
    await run(["mount", "-o", "remount,size=8m", join(subject.directory, "shared")]);
    await run(["cp", "-a", subject.rootfs, join(subject.directory, "shared/rootfs")]);
    const own = () => mounts().filter(({ target }) => target.startsWith(subject.directory));
    const before = own().map(({ id }) => id);
    const { code, stdout, stderr } = await subject.run();
    t.equal(code, 0, stderr);
    t.equal(kinds(mountOn("/", parseMounts(stdout))?.propagation), is);
    t.same(
      own().map(({ id }) => id),
      before,
      "the host has no mount more",
    );
  });
}

test("without rootfsPropagation nothing that the container mounts reaches the host", async (t) => {
  const { stdout } = await container(t, { process: { args: ["cat", "/proc/self/mountinfo"] } }).run();
  for (const mount of parseMounts(stdout)) t.notMatch(kinds(mount.propagation), "shared", mount.target);
});

test("rootfsPropagation shared: the root belongs to a peer group, and nothing reaches the host", async (t) => {
  const subject = container(t, {
    process: {
      args: ["sh", "-c", "mount -t tmpfs inside /tmp; cat /proc/self/mountinfo; sleep 60"],
      capabilities: capable("CAP_SYS_ADMIN"),
    },
    linux: { rootfsPropagation: "shared" },
  });
  const before = mounts().map(({ id }) => id);
  await subject.create();
  await subject.start();
  const { pid } = await subject.state();
  t.equal(kinds(mountOn("/", mounts(pid))?.propagation), "shared");
  t.same(
    mounts().map(({ id }) => id),
    before,
  );
});

test("an unknown rootfsPropagation is refused", async (t) => {
  t.match(await refused(t, { linux: { rootfsPropagation: "sideways" } }), /rootfsPropagation|sideways/);
});
