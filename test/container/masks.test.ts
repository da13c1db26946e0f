/** config-linux.md § Masked Paths, § Readonly Paths: what cannot be read, and what cannot be written to. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { type Container, container, inside, refused } from "../support/container.ts";
import { mountOn, parseMounts, read } from "../support/host.ts";

const ENGINES_MASK = [
  "/proc/acpi",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
];
const ENGINES_READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** A root of its own with a folder and files, `srv/folder/file`, and a link to each. */
function prepared(linux: Config, script: string) {
  return (it: Container): Config => {
    const root = it.ownRootfs();
    mkdirSync(join(it.rootfs, "srv/folder"));
    writeFileSync(join(it.rootfs, "srv/folder/file"), "secret\n");
    writeFileSync(join(it.rootfs, "srv/file"), "secret\n");
    symlinkSync("/srv/file", join(it.rootfs, "srv/link"));
    symlinkSync("../../../../../../srv/folder", join(it.rootfs, "srv/climbing"));
    return { root, linux, process: { args: ["sh", "-c", script] } };
  };
}

test("a masked file reads as empty, a masked folder is empty, and neither can be written to", async (t) => {
  const script = [
    "cat /srv/file",
    "ls -A /srv/folder",
    "touch /srv/folder/new 2>/dev/null || echo folder refuses",
    "echo x > /srv/file; cat /srv/file",
    "stat -c '%F %t:%T' /srv/file",
  ].join("; ");
  const subject = container(t, prepared({ maskedPaths: ["/srv/file", "/srv/folder"] }, script));
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "folder refuses\ncharacter special file 1:3\n");
  t.equal(read(join(subject.rootfs, "srv/file")), "secret\n", "the files themselves are as before");
  t.equal(read(join(subject.rootfs, "srv/folder/file")), "secret\n");
});

test("a masked folder is a read-only tmpfs", async (t) => {
  const { stdout } = await container(t, prepared({ maskedPaths: ["/srv/folder"] }, "cat /proc/self/mountinfo")).run();
  const mask = mountOn("/srv/folder", parseMounts(stdout));
  t.equal(mask?.type, "tmpfs");
  t.ok(mask?.options.includes("ro"));
});

test("links are followed inside the root, and what does not exist is passed over", async (t) => {
  const maskedPaths = ["/srv/link", "/srv/climbing", "/no/such/path"];
  const { code, stdout, stderr } = await container(
    t,
    prepared({ maskedPaths }, "cat /srv/file; ls -A /srv/folder; echo masked"),
  ).run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "masked\n");
});

test("read-only paths are so with all that is mounted below them", async (t) => {
  const script = [
    "cat /srv/file /srv/folder/file",
    "echo x 2>/dev/null > /srv/file || echo file refuses",
    "touch /srv/folder/new 2>/dev/null || echo folder refuses",
    "touch /srv/new && echo the rest does not",
  ].join("; ");
  const readonlyPaths = ["/srv/file", "/srv/folder", "/no/such/path"];
  const { code, stdout, stderr } = await container(t, prepared({ readonlyPaths }, script)).run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "secret\nsecret\nfile refuses\nfolder refuses\nthe rest does not\n");
});

test("a read-only path keeps the flags of the mount it is on", async (t) => {
  const mounts = [
    ...MOUNTS,
    { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "noexec"] },
  ];
  const facts = await inside(t, "cat /proc/self/mountinfo", {
    mounts,
    linux: { readonlyPaths: ["/tmp", "/proc/sys"] },
  });
  const found = parseMounts(facts);
  for (const flag of ["ro", "nosuid", "nodev", "noexec"]) {
    t.ok(mountOn("/tmp", found)?.options.includes(flag), `/tmp: ${flag}`);
    t.ok(mountOn("/proc/sys", found)?.options.includes(flag), `/proc/sys: ${flag}`);
  }
});

test("what engines mask and make read-only is so", async (t) => {
  const linux = { maskedPaths: ENGINES_MASK, readonlyPaths: ENGINES_READONLY };
  const script = [
    `for path in ${ENGINES_MASK.join(" ")}; do [ -d $path ] && ls -A $path; [ -f $path ] && cat $path; done`,
    `for path in ${ENGINES_READONLY.join(" ")}; do [ -e $path ] || continue; grep -q " $path ro," /proc/self/mountinfo || echo $path is writable; done`,
    "echo x 2>/dev/null > /proc/sys/kernel/domainname || echo refused",
    "exit 0",
  ].join("; ");
  t.equal(await inside(t, script, { linux }), "refused");
});

test("a container that only waits is masked already", async (t) => {
  const subject = container(t, prepared({ maskedPaths: ["/srv/file"] }, "sleep 60"));
  await subject.create();
  const { pid } = await subject.state();
  t.equal(mountOn("/srv/file", parseMounts(read(`/proc/${pid}/mountinfo`)))?.target, "/srv/file");
});

test("a path is refused", async (t) => {
  t.match(
    await refused(t, { linux: { maskedPaths: ["proc/kcore"] } }),
    /maskedPaths|proc\/kcore/,
    "that is relative, to be masked",
  );
  t.match(
    await refused(t, { linux: { readonlyPaths: ["proc/sys"] } }),
    /readonlyPaths|proc\/sys/,
    "that is relative, to be read-only",
  );
  t.match(await refused(t, { linux: { maskedPaths: "/proc/kcore" } }), /maskedPaths/, "that is no list");
});
