/** Mapped ids on each file system that this machine can make, and what is said where one can't have them. */
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, capable, merge, mountsBut, NAMESPACES } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { USER, unprivileged } from "../support/unprivileged.ts";

const map = (containerID: number, hostID: number, size: number) => ({ containerID, hostID, size });
const USERNS: Config = {
  namespaces: [...NAMESPACES, { type: "user" }],
  uidMappings: [map(0, 100_000, 1000)],
  gidMappings: [map(0, 100_000, 1000)],
};
const OWN = { uidMappings: [map(0, 1000, 10)], gidMappings: [map(0, 2000, 10)] };
const LIST = "stat -c %u:%g /mnt/root /mnt/five";

/** A file of 0:0 and one of 5:6. */
function fill(directory: string): void {
  writeFileSync(join(directory, "root"), "");
  writeFileSync(join(directory, "five"), "");
  chownSync(join(directory, "five"), 5, 6);
}

async function mount(t: Test, target: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await run(["mount", ...args, target]);
  if (code !== 0) throw new Error(stderr);
  t.teardown(() => run(["umount", "--lazy", target]));
}

interface Filesystem {
  readonly name: string;
  /** What makes it in a file. */
  readonly tool?: string;
  readonly readOnly?: boolean;
  /** Mounts it with the two files in it. */
  readonly make: (t: Test, it: Container, target: string) => Promise<void>;
}

/** In a file of as many megabytes; sparse. */
const onLoop = (name: string, size: number): Filesystem => ({
  name,
  tool: `/usr/sbin/mkfs.${name}`,
  make: async (t, it, target) => {
    const file = join(it.directory, "image");
    execFileSync("truncate", ["-s", `${size}M`, file]);
    execFileSync(`/usr/sbin/mkfs.${name}`, ["-q", file], { stdio: "ignore" });
    await mount(t, target, "-o", "loop", file);
    fill(target);
  },
});

/** Made of a folder. */
const packed = (name: string, tool: string, args: (folder: string, file: string) => string[]): Filesystem => ({
  name,
  tool,
  readOnly: true,
  make: async (t, it, target) => {
    const folder = it.folder("folder");
    fill(folder);
    const file = join(it.directory, "image");
    execFileSync(tool, args(folder, file), { stdio: "ignore" });
    await mount(t, target, "-t", name, "-o", "loop", file);
  },
});

const CAN: readonly Filesystem[] = [
  {
    name: "tmpfs",
    make: async (t, _, target) => {
      await mount(t, target, "-t", "tmpfs", "runt-test");
      fill(target);
    },
  },
  onLoop("ext4", 16),
  onLoop("xfs", 400),
  onLoop("btrfs", 200),
  packed("squashfs", "/usr/bin/mksquashfs", (folder, file) => [folder, file]),
  packed("erofs", "/usr/bin/mkfs.erofs", (folder, file) => [file, folder]),
];

const known = readFileSync("/proc/filesystems", "utf8");
const lacking = ({ name, tool }: Filesystem) =>
  (!known.includes(`\t${name}\n`) && `this kernel has no ${name}`) ||
  (tool !== undefined && !existsSync(tool) && `there is no ${tool}`) ||
  (tool !== undefined && !existsSync("/dev/loop-control") && "there are no loop devices");

/** What the script prints with `source` on /mnt. */
async function printed(
  t: Test,
  source: (it: Container) => Promise<string>,
  change: Config,
  linux: Config,
  script: string,
) {
  const subject = container(t, (it) => ({ linux, root: it.ownRootfs() }));
  const from = await source(subject);
  const config = merge(subject.config, {
    mounts: [...mountsBut(), { destination: "/mnt", ...(from !== "" && { source: from }), ...change }],
    process: { args: ["sh", "-c", script], capabilities: capable("CAP_DAC_OVERRIDE", "CAP_CHOWN") },
  });
  writeFileSync(join(subject.bundle, "config.json"), JSON.stringify(config));
  const { code, stdout, stderr } = await subject.run();
  return { code, lines: stdout.trim().split("\n"), stderr, from };
}

for (const filesystem of CAN) {
  const { name, make, readOnly = false } = filesystem;
  test(`ids are mapped on ${name}`, { skip: lacking(filesystem) }, async (t) => {
    const source = async (it: Container) => {
      const target = it.folder("source");
      await make(t, it, target);
      return target;
    };
    const own = await printed(t, source, { options: ["bind", "idmap"], ...OWN }, {}, LIST);
    t.same(own.lines, ["1000:2000", "1005:2006"], own.stderr);
    const script = readOnly ? LIST : `${LIST}; touch /mnt/made && chown 7:8 /mnt/made && stat -c %u:%g /mnt/made`;
    const container = await printed(t, source, { options: ["bind", "idmap"] }, USERNS, script);
    t.same(container.lines, ["0:0", "5:6", ...(readOnly ? [] : ["7:8"])], container.stderr);
    if (!readOnly) {
      const { uid, gid } = statSync(join(container.from, "made"));
      t.same([uid, gid], [7, 8], "on disk");
    }
  });
}

const folder = async (it: Container) => {
  const path = it.folder("source");
  fill(path);
  return path;
};

test("a file by itself is mapped", async (t) => {
  const source = async (it: Container) => join(await folder(it), "five");
  const at = { destination: "/tmp/f" };
  const { lines, stderr } = await printed(
    t,
    source,
    { ...at, options: ["bind", "idmap"], ...OWN },
    {},
    "stat -c %u:%g /tmp/f",
  );
  t.same(lines, ["1005:2006"], stderr);
});

test("what is mapped is read-only if it is to be", async (t) => {
  const mount = { options: ["bind", "ro", "idmap"] };
  const { lines, stderr } = await printed(t, folder, mount, USERNS, `${LIST}; touch /mnt/x`);
  t.same(lines, ["0:0", "5:6"], stderr);
  t.match(stderr, /Read-only/);
});

interface Refusal {
  readonly what: string;
  readonly source?: (t: Test, it: Container) => Promise<string>;
  readonly mount: Config;
  readonly linux?: Config;
  readonly says: RegExp;
}

/** What `says` of a file system that can't, by its name. */
const cannot = (name: string) => new RegExp(`map the ids of .*on /mnt \\(${name}\\).*mount_setattr.*(EINVAL|EPERM)`);

const REFUSED: readonly Refusal[] = [
  ...["proc", "sysfs", "devpts", "mqueue"].map((type) => ({
    what: `a new ${type}`,
    mount: { type, source: type, options: ["idmap"], ...OWN },
    says: cannot(type),
  })),
  {
    what: "a bind of sysfs",
    source: async () => "/sys",
    mount: { options: ["bind", "idmap"], ...OWN },
    says: cannot("sysfs"),
  },
  {
    what: "a bind of cgroups",
    source: async () =>
      readFileSync("/proc/self/mountinfo", "utf8").match(/(\/sys\/fs\/cgroup\S*) .* - cgroup/)?.[1] ?? "",
    mount: { options: ["bind", "ro", "idmap"], ...OWN },
    linux: { namespaces: NAMESPACES.filter(({ type }) => type !== "cgroup") },
    says: cannot("cgroup2?"),
  },
  {
    what: "a bind of overlay",
    source: async (t, it) => {
      const [lower, upper, work, target] = ["lower", "upper", "work", "source"].map((name) => it.folder(name));
      await mount(
        t,
        target as string,
        "-t",
        "overlay",
        "-o",
        `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
        "overlay",
      );
      return target as string;
    },
    mount: { options: ["bind", "idmap"], ...OWN },
    says: cannot("overlay"),
  },
  {
    what: "what is below a mount that can",
    source: async (t, it) => {
      const path = await folder(it);
      mkdirSync(join(path, "proc"));
      await mount(t, join(path, "proc"), "-t", "proc", "proc");
      return path;
    },
    mount: { options: ["rbind", "ridmap"], ...OWN },
    says: /map the ids of .*on \/mnt \(\w+, and what is mounted below it\).*mount_setattr.*EINVAL.*may not support mapped ids/,
  },
  {
    what: "a file system of the container's own",
    mount: { type: "tmpfs", source: "tmpfs", options: ["idmap"] },
    linux: USERNS,
    says: cannot("tmpfs"),
  },
];

for (const { what, source, mount: change, linux = {}, says } of REFUSED) {
  test(`ids can't be mapped on ${what}`, async (t) => {
    const { code, stderr } = await printed(t, async (it) => (await source?.(t, it)) ?? "", change, linux, "true");
    t.not(code, 0);
    t.match(stderr, says);
  });
}

test("ids can't be mapped by who has no rights on the file system", async (t) => {
  const { subject, home, runt, configure } = await unprivileged(t);
  configure((config) =>
    merge(config, {
      process: { terminal: false, args: ["true"] },
      mounts: [...(config.mounts as Config[]), { destination: "/mnt", source: home, options: ["bind", "idmap"] }],
    }),
  );
  const { code, stderr } = await runt("run", subject.id);
  t.equal(code, 1);
  t.match(
    stderr,
    /map the ids of .*on \/mnt \(\w+\).*mount_setattr.*EPERM.*nor map the ids of a file system that is not its own/,
  );
  t.equal(statSync(home).uid, USER);
});
