/** Flags that the host has put on a mount, mount_namespaces(7): a container with a user namespace, or of a user without rights, keeps them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, capable, merge, mountsBut, NAMESPACES } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { container } from "../support/container.ts";
import { unprivileged } from "../support/unprivileged.ts";

const IDS = [{ containerID: 0, hostID: 100_000, size: 1000 }];
const USERNS = { namespaces: [...NAMESPACES, { type: "user" }], uidMappings: IDS, gidMappings: IDS };
/** The mount's own flags as they are, and what its root can do about them. */
const SCRIPT = `sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \\/mnt \\([^ ]*\\).*/\\1/p' /proc/self/mountinfo
for flag in suid dev exec rw atime; do mount -o remount,bind,$flag /mnt 2>/dev/null && echo $flag; done; true`;

interface Case {
  /** Options of the host's mount. */
  readonly host: string;
  readonly options: readonly string[];
  /** What the mount has in the container; undefined: it is refused. */
  readonly has?: string;
}

const ALL = "nosuid,nodev,noexec,noatime";
const CASES: readonly Case[] = [
  { host: "nosuid", options: ["bind"], has: "rw,nosuid,relatime" },
  { host: "nodev", options: ["rbind", "rw"], has: "rw,nodev,relatime" },
  { host: "noexec", options: ["bind", "ro"], has: "ro,noexec,relatime" },
  { host: "ro", options: ["rbind"], has: "ro,relatime" },
  // As containerd writes it for each mount that is not to be read-only.
  { host: "ro", options: ["rbind", "rprivate", "rw"], has: "ro,relatime" },
  { host: "ro", options: ["bind", "rw", "nosuid", "nodev"], has: "ro,nosuid,nodev,relatime" },
  { host: "noatime", options: ["rbind", "rw"], has: "rw,noatime" },
  { host: "nodiratime", options: ["bind"], has: "rw,nodiratime,relatime" },
  { host: "strictatime", options: ["bind", "nosuid"], has: "rw,nosuid" },
  { host: ALL, options: ["bind"], has: `rw,${ALL}` },
  { host: `ro,${ALL}`, options: ["rbind", "rro"], has: `ro,${ALL}` },
  { host: `ro,${ALL}`, options: ["rbind", "rw", "nosuid"], has: `ro,${ALL}` },
  { host: ALL, options: ["bind", "suid"] },
  { host: ALL, options: ["bind", "dev"] },
  { host: ALL, options: ["bind", "exec"] },
  { host: ALL, options: ["bind", "relatime"] },
  { host: ALL, options: ["bind", "strictatime"] },
  { host: "ro", options: ["rbind", "rrw"] },
];

/** Mounts a file system with those options on a folder of the container's. */
async function mount(t: Test, options: string, target: string): Promise<void> {
  const { code, stderr } = await run(["mount", "-t", "tmpfs", "-o", options, "runt-test", target]);
  if (code !== 0) throw new Error(stderr);
  t.teardown(() => run(["umount", "--lazy", target]));
}

for (const { host, options, has } of CASES) {
  const outcome = has === undefined ? "is refused" : `is ${has}`;
  test(`${options.join()} of a mount that is ${host} ${outcome}`, async (t) => {
    const subject = container(t, (it) => ({
      mounts: [...mountsBut("/dev/mqueue"), { source: it.folder("source"), destination: "/mnt", options }],
      linux: USERNS,
      process: { args: ["sh", "-c", SCRIPT], capabilities: capable("CAP_SYS_ADMIN") },
    }));
    await mount(t, host, subject.folder("source"));
    const { code, stdout, stderr } = await subject.run();
    if (has === undefined) {
      t.equal(code, 1);
      t.match(
        stderr,
        /mount .*source on \/mnt: mount_setattr.*EPERM.*cannot take away flags that a mount was given outside/,
      );
      return;
    }
    t.equal(code, 0, stderr);
    const [flags, ...taken] = stdout.trim().split("\n");
    t.equal(flags, has);
    const locked = { nosuid: "suid", nodev: "dev", noexec: "exec", ro: "rw" };
    for (const flag of host.split(","))
      t.notOk(taken.includes(locked[flag as keyof typeof locked]), `${flag} can't be taken away`);
  });
}

test("without a user namespace root takes them away", async (t) => {
  const subject = container(t, (it) => ({
    mounts: [
      ...mountsBut(),
      { source: it.folder("source"), destination: "/mnt", options: ["bind", "rw", "exec", "relatime"] },
    ],
    process: { args: ["sh", "-c", SCRIPT] },
  }));
  const source = subject.folder("source");
  await mount(t, "noexec,noatime", source);
  await run(["mount", "-o", "remount,bind,ro,noexec,noatime", source]);
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "rw,relatime\n");
});

test("a user without rights has what is read-only, though it is asked for otherwise", async (t) => {
  const { subject, home, runt, configure } = await unprivileged(t);
  const source = join(home, "source");
  mkdirSync(source);
  await mount(t, "ro,noexec,mode=755", source);
  configure((config) =>
    merge(config, {
      process: { terminal: false, args: ["sh", "-c", SCRIPT] },
      mounts: [...(config.mounts as Config[]), { source, destination: "/mnt", options: ["rbind", "rw", "nosuid"] }],
    }),
  );
  const { code, stdout, stderr } = await runt("run", subject.id);
  t.equal(code, 0, stderr);
  t.equal(stdout, "ro,nosuid,noexec,relatime\n");
});
