/** config.md § Linux mount options, on new file systems: each option as mountinfo shows it. */
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { container, inside, refused } from "../support/container.ts";
import { type Mount, mountOn, parseMounts } from "../support/host.ts";

interface Case {
  readonly options: readonly string[];
  /** Options of the mount that must be there, and that must not. */
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
  /** The same of the super block. */
  readonly superHas?: readonly string[];
  readonly superLacks?: readonly string[];
}

/** tmpfs without options is rw,relatime. Of two options that contradict each other the later holds. */
const OPTIONS: readonly Case[] = [
  { options: [], has: ["rw", "relatime"], superHas: ["rw"] },
  { options: ["defaults"], has: ["rw", "relatime"], lacks: ["nosuid", "nodev", "noexec"] },
  { options: ["rw"], has: ["rw"], lacks: ["ro"] },
  { options: ["ro"], has: ["ro"] },
  { options: ["ro", "rw"], has: ["rw"] },
  { options: ["rw", "ro"], has: ["ro"] },
  { options: ["nosuid"], has: ["nosuid"] },
  { options: ["nosuid", "suid"], lacks: ["nosuid"] },
  { options: ["nodev"], has: ["nodev"] },
  { options: ["nodev", "dev"], lacks: ["nodev"] },
  { options: ["noexec"], has: ["noexec"] },
  { options: ["noexec", "exec"], lacks: ["noexec"] },
  { options: ["nosymfollow"], has: ["nosymfollow"] },
  { options: ["nosymfollow", "symfollow"], lacks: ["nosymfollow"] },
  { options: ["noatime"], has: ["noatime"], lacks: ["relatime"] },
  { options: ["noatime", "atime"], lacks: ["noatime"] },
  { options: ["nodiratime"], has: ["nodiratime", "relatime"] },
  { options: ["nodiratime", "diratime"], lacks: ["nodiratime"] },
  { options: ["relatime"], has: ["relatime"] },
  { options: ["strictatime"], lacks: ["relatime", "noatime"] },
  { options: ["strictatime", "nostrictatime"], has: ["relatime"] },
  { options: ["norelatime"], lacks: ["noatime"] },
  { options: ["sync"], superHas: ["sync"] },
  { options: ["sync", "async"], superLacks: ["sync"] },
  { options: ["dirsync"], superHas: ["dirsync"] },
  { options: ["lazytime"], superHas: ["lazytime"] },
  { options: ["lazytime", "nolazytime"], superLacks: ["lazytime"] },
  { options: ["mand", "nomand"], superLacks: ["mand"] },
  { options: ["iversion"], has: ["rw"] },
  { options: ["noiversion"], has: ["rw"] },
  { options: ["silent"], has: ["rw"] },
  { options: ["silent", "loud"], has: ["rw"] },
  { options: ["nosuid", "nodev", "noexec", "ro", "noatime"], has: ["ro", "nosuid", "nodev", "noexec", "noatime"] },
  // What no mount option is goes to the file system.
  { options: ["size=64k"], superHas: ["size=64k"] },
  {
    options: ["size=1m", "mode=700", "uid=5", "gid=6", "nosuid"],
    has: ["nosuid"],
    superHas: ["size=1024k", "mode=700", "uid=5", "gid=6"],
  },
  { options: ["nr_inodes=77"], superHas: ["nr_inodes=77"] },
];

/** The recursive ones on a new file system, which has nothing below it. */
const RECURSIVE: readonly Case[] = [
  { options: ["rro"], has: ["ro"] },
  { options: ["ro", "rrw"], has: ["rw"] },
  { options: ["rnosuid"], has: ["nosuid"] },
  { options: ["nosuid", "rsuid"], lacks: ["nosuid"] },
  { options: ["rnodev"], has: ["nodev"] },
  { options: ["nodev", "rdev"], lacks: ["nodev"] },
  { options: ["rnoexec"], has: ["noexec"] },
  { options: ["noexec", "rexec"], lacks: ["noexec"] },
  { options: ["rnodiratime"], has: ["nodiratime"] },
  { options: ["nodiratime", "rdiratime"], lacks: ["nodiratime"] },
  { options: ["rnoatime"], has: ["noatime"], lacks: ["relatime"] },
  { options: ["noatime", "ratime"], lacks: ["noatime"] },
  { options: ["noatime", "rrelatime"], has: ["relatime"] },
  { options: ["rnorelatime"], has: ["rw"] },
  { options: ["rstrictatime"], lacks: ["relatime", "noatime"] },
  { options: ["noatime", "rnostrictatime"], has: ["rw"] },
  { options: ["rnosymfollow"], has: ["nosymfollow"] },
  { options: ["nosymfollow", "rsymfollow"], lacks: ["nosymfollow"] },
];

for (const expected of [...OPTIONS, ...RECURSIVE]) {
  test(`mount option ${expected.options.join(",") || "none"}`, async (t) => {
    const mount = { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: expected.options };
    const found = parseMounts(await inside(t, "cat /proc/self/mountinfo", { mounts: [...MOUNTS, mount] }));
    t.same(wrong(expected, mountOn("/tmp", found)), []);
  });
}

function wrong({ has = [], lacks = [], superHas = [], superLacks = [] }: Case, mount: Mount | undefined): string[] {
  const { options = [], superOptions = [] } = mount ?? {};
  return [
    ...has.filter((option) => !options.includes(option)).map((option) => `lacks ${option}: ${options}`),
    ...lacks.filter((option) => options.includes(option)).map((option) => `has ${option}: ${options}`),
    ...superHas
      .filter((option) => !superOptions.includes(option))
      .map((option) => `super block lacks ${option}: ${superOptions}`),
    ...superLacks
      .filter((option) => superOptions.includes(option))
      .map((option) => `super block has ${option}: ${superOptions}`),
  ];
}

test("options do what they say", async (t) => {
  const tmpfs = (destination: string, ...options: string[]) => ({
    destination,
    type: "tmpfs",
    source: "tmpfs",
    options,
  });
  const script = [
    "touch /mnt/ro/x 2>/dev/null || echo ro",
    "cp /bin/probe /mnt/noexec/; /mnt/noexec/probe fds >/dev/null 2>&1 || echo noexec",
    "ln -s /etc/passwd /mnt/nosymfollow/link; cat /mnt/nosymfollow/link >/dev/null 2>&1 || echo nosymfollow",
    "dd if=/dev/zero of=/mnt/size/x bs=1k count=100 >/dev/null 2>&1 || echo size",
    "stat -c '%a %u %g' /mnt/mode",
  ].join("; ");
  const made = [
    tmpfs("/mnt"),
    tmpfs("/mnt/ro", "ro"),
    tmpfs("/mnt/noexec", "noexec"),
    tmpfs("/mnt/nosymfollow", "nosymfollow"),
    tmpfs("/mnt/size", "size=64k"),
    tmpfs("/mnt/mode", "mode=750", "uid=5", "gid=6"),
  ];
  const subject = container(t, { mounts: [...MOUNTS, ...made], process: { args: ["sh", "-c", script] } });
  t.equal((await subject.run()).stdout, "ro\nnoexec\nnosymfollow\nsize\n750 5 6\n");
});

test("a mount is refused", async (t) => {
  const mount = (change: object) => ({
    mounts: [...MOUNTS, { destination: "/tmp", type: "tmpfs", source: "tmpfs", ...change }],
  });
  t.match(
    await refused(t, mount({ options: ["no-such-option"] })),
    /no-such-option/,
    "with an option that the file system does not know",
  );
  t.match(await refused(t, mount({ options: ["size=nonsense"] })), /size/, "with a value that it does not take");
  t.match(await refused(t, mount({ type: "no-such-fs" })), /no-such-fs/, "of an unknown type");
  t.match(await refused(t, mount({ destination: undefined })), /destination/, "without destination");
  t.match(await refused(t, mount({ destination: "" })), /destination/, "with an empty destination");
  t.match(await refused(t, mount({ options: "ro" })), /options/, "whose options are a text");
  t.match(await refused(t, mount({ type: undefined })), /type|tmp/, "without type that is no bind mount");
});
