/** config-linux.md § User namespace mappings: who the container's ids are outside, and what is its root's, seen from both sides. */
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { type Config, capable, merge, mountsBut, NAMESPACES } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { type Container, container, inside, refused } from "../support/container.ts";
import { mounts, read, readLink, status } from "../support/host.ts";

/** Container ids from 0 on are host ids from here on. */
const FIRST = 100_000;
const MAPPINGS = [{ containerID: 0, hostID: FIRST, size: 65_536 }];
const linux = (mappings: readonly Config[] = MAPPINGS): Config => ({
  namespaces: [...NAMESPACES, { type: "user" }],
  uidMappings: mappings,
  gidMappings: mappings,
});

/** A change with a user namespace, and what else differs. */
const mapped = (change: Config = {}): Config => merge({ linux: linux() }, change);

/** A root that the container's root may write to. */
function ownedRoot(subject: Container): Config {
  const root = subject.ownRootfs();
  for (const name of ["", "tmp", "mnt"]) chownSync(join(subject.rootfs, name), FIRST, FIRST);
  return root;
}

test("ids are mapped, range by range", async (t) => {
  const ranges = [
    { containerID: 0, hostID: FIRST, size: 10 },
    { containerID: 10, hostID: 300_000, size: 1 },
    { containerID: 4_000_000_000, hostID: 200_000, size: 5 },
  ];
  const text = await inside(t, "cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups", {
    linux: linux(ranges),
  });
  const lines = ranges.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}`);
  t.same(
    text.split("\n").map((line) => line.trim().replace(/ +/g, " ")),
    [...lines, ...lines, "allow"],
  );
});

test("the container's root is the host's user", async (t) => {
  const subject = container(t, (it) =>
    mapped({ root: ownedRoot(it), process: { args: ["sh", "-c", "touch /tmp/f; sleep 60"] } }),
  );
  t.equal((await subject.create()).code, 0, subject.stderr);
  t.equal((await subject.start()).code, 0);
  const { pid } = await subject.state();
  const own = read(`/proc/${pid}/status`);
  t.equal(status(own, "Uid"), Array(4).fill(FIRST).join("\t"));
  t.equal(status(own, "Gid"), Array(4).fill(FIRST).join("\t"));
  t.equal(status(own, "Groups"), "");
  t.match(read(`/proc/${pid}/uid_map`), new RegExp(`^ *0 +${FIRST} +65536\n$`));
  const made = statSync(join(subject.rootfs, "tmp/f"));
  t.same([made.uid, made.gid], [FIRST, FIRST]);
  for (const name of ["user", "mnt", "pid_for_children", "ipc", "uts", "net", "cgroup"])
    t.not(readLink(`/proc/${pid}/ns/${name}`), readLink(`/proc/self/ns/${name}`), name);
});

test("a user of the container is one of the host's, with its groups", async (t) => {
  const process = { user: { uid: 5, gid: 6, additionalGids: [7, 8] } };
  const text = await inside(t, "cat /proc/self/status", mapped({ process }));
  t.equal(status(text, "Uid"), "5\t5\t5\t5");
  t.equal(status(text, "Groups"), "7 8");
});

test("all other namespaces belong to the user namespace", async (t) => {
  const subject = container(t, mapped({ process: { args: ["sleep", "60"] } }));
  await subject.create();
  const { pid } = await subject.state();
  const owners = await run(["lsns", "--noheadings", "--output", "TYPE,ONS", "--task", String(pid)]);
  const user = readLink(`/proc/${pid}/ns/user`).replace(/\D/g, "");
  for (const type of ["mnt", "net", "ipc", "uts", "pid", "cgroup"])
    t.match(owners.stdout, new RegExp(`^ *${type} +${user}$`, "m"), type);
});

test("what is mounted is the container root's", async (t) => {
  const script =
    'stat -c "%u:%g %n" /dev /dev/pts /dev/shm /dev/mqueue /dev/pts/ptmx /proc/1 /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax /sys/class/net/lo/mtu; hostname; ip link show lo | grep -c ",UP"';
  const text = await inside(t, script, mapped());
  t.same(text.split("\n"), [
    "0:0 /dev",
    "0:0 /dev/pts",
    "0:0 /dev/shm",
    "0:0 /dev/mqueue",
    "0:0 /dev/pts/ptmx",
    "0:0 /proc/1",
    "0:0 /proc/sys/net/ipv4/ip_forward",
    "0:0 /proc/sys/kernel/shmmax",
    "0:0 /sys/class/net/lo/mtu",
    "runt",
    "1",
  ]);
});

test("devices are the host's, and work", async (t) => {
  const script = [
    "for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done",
    "echo x > /dev/null; head -c 2 /dev/zero | wc -c; echo x > /dev/full || true",
    "mknod /dev/shm/x c 1 3 || true",
  ].join("; ");
  const subject = container(t, mapped({ process: { args: ["sh", "-c", script] } }));
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "2\n");
  t.match(stderr, /No space left/);
  t.match(stderr, /mknod.*not permitted/, "the kernel makes none for it");
});

test("a device of config.json is bound by its path, and only if it is that", async (t) => {
  const device = { path: "/dev/kmsg", type: "c", major: 1, minor: 11 };
  const text = await inside(t, "stat -c %t:%T /dev/kmsg", mapped({ linux: { devices: [device] } }));
  t.equal(text, "1:b");
  t.match(await refused(t, mapped({ linux: { devices: [{ ...device, minor: 12 }] } })), /\/dev\/kmsg.*something else/);
  t.match(
    await refused(t, mapped({ linux: { devices: [{ ...device, path: "/dev/no-such" }] } })),
    /\/dev\/no-such.*no such file/,
  );
  const fifo = { path: "/dev/pipe", type: "p", fileMode: 0o600, uid: 3, gid: 4 };
  t.equal(await inside(t, "stat -c %F:%u:%g:%a /dev/pipe", mapped({ linux: { devices: [fifo] } })), "fifo:3:4:600");
});

test("a source that is closed to the container's root is mounted all the same", async (t) => {
  const subject = container(t, (it) => {
    const closed = it.folder("closed");
    mkdirSync(join(closed, "inner"));
    writeFileSync(join(closed, "inner/file"), "hidden\n");
    writeFileSync(join(closed, "single"), "single\n");
    // Of neither the container's root nor the host's.
    chownSync(closed, 777_777, 777_777);
    chmodSync(closed, 0o700);
    const bind = (source: string, destination: string) => ({ source, destination, options: ["rbind", "ro"] });
    return mapped({
      mounts: [
        ...((mapped().mounts as Config[]) ?? []),
        ...baseMounts(),
        bind(join(closed, "inner"), "/mnt"),
        bind(join(closed, "single"), "/tmp/single"),
      ],
      root: ownedRoot(it),
      process: { args: ["sh", "-c", "cat /mnt/file /tmp/single; echo x > /mnt/file"] },
    });
  });
  const { stdout, stderr } = await subject.run();
  t.equal(stdout, "hidden\nsingle\n", stderr);
  t.match(stderr, /Read-only/);
});

function baseMounts(): Config[] {
  return mountsBut("/sys", "/dev/mqueue");
}

test("a root that is closed to the container's root is entered all the same", async (t) => {
  const subject = container(t, (it) => mapped({ root: ownedRoot(it), process: { args: ["echo", "in"] } }));
  chmodSync(subject.directory, 0o700);
  chownSync(subject.directory, 777_777, 777_777);
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "in\n");
});

test("flags that the host has put on a mount stay", async (t) => {
  const subject = container(t);
  const source = subject.folder("source");
  t.equal((await run(["mount", "-t", "tmpfs", "-o", "nosuid,nodev,noexec", "runt-test", source])).code, 0);
  t.teardown(() => run(["umount", "--lazy", source]));
  const bind = (...options: string[]) => ({ source, destination: "/mnt", options: ["bind", ...options] });
  const process = { capabilities: capable("CAP_SYS_ADMIN"), args: ["sh", "-c", ""] };
  const change = mapped({ mounts: [...baseMounts(), bind()], process });
  const text = await inside(
    t,
    "grep ' /mnt ' /proc/self/mountinfo; mount -o remount,bind,suid,dev,exec /mnt 2>&1 || true",
    change,
  );
  t.match(text, /nosuid,nodev,noexec/);
  t.match(text, /permission denied|not permitted/i, "even for a root that may mount");
  t.match(await refused(t, mapped({ mounts: [...baseMounts(), bind("exec")] })), /cannot take away flags/);
});

test("limits of resources are set by the host", async (t) => {
  const rlimits = [
    { type: "RLIMIT_NOFILE", soft: 20, hard: 30 },
    { type: "RLIMIT_CORE", soft: 1024, hard: 2048 },
  ];
  const text = await inside(t, "cat /proc/self/limits", mapped({ process: { rlimits } }));
  t.match(text, /open files +20 +30/);
  t.match(text, /core file size +1024 +2048/);
});

test("sysctl, masks and read-only paths work as without", async (t) => {
  const script =
    "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmni; cat /proc/kcore; echo 1 > /proc/sys/kernel/shmmni || true";
  const change = {
    sysctl: { "net.ipv4.ip_forward": "1", "kernel.shmmni": "77" },
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
  };
  t.equal(await inside(t, script, mapped({ linux: change })), "1\n77");
});

test("a user namespace is joined by its path", async (t) => {
  const holder = await holderOf(t);
  const path = `/proc/${holder}/ns/user`;
  const subject = container(t, (it) => ({
    root: ownedRoot(it),
    process: {
      args: ["sh", "-c", "touch /tmp/f; cat /proc/self/uid_map; stat -c %u:%g /dev/shm /dev/mqueue; sleep 60"],
    },
    linux: { namespaces: [...NAMESPACES, { type: "user", path }] },
  }));
  t.equal((await subject.create()).code, 0, subject.stderr);
  const { pid } = await subject.state();
  t.equal(readLink(`/proc/${pid}/ns/user`), readLink(path));
  t.equal((await subject.start()).code, 0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.match(subject.stdout, /^ *0 +100000 +1000\n0:0\n0:0\n$/);
  t.equal(statSync(join(subject.rootfs, "tmp/f")).uid, FIRST);
});

test("namespaces are joined whether they are of the joined user namespace or of the host's", async (t) => {
  const holder = await holderOf(t);
  const path = (type: string) => ({ path: `/proc/${holder}/ns/${type}` });
  const namespaces = [
    { type: "pid" },
    { type: "mount" },
    { type: "user", ...path("user") },
    { type: "network", ...path("net") },
    { type: "uts", ...path("uts") },
    { type: "ipc", path: "/proc/self/ns/ipc" },
  ];
  const mount = { mounts: baseMounts(), hostname: undefined };
  const subject = container(t, { ...mount, process: { args: ["sleep", "60"] }, linux: { namespaces } });
  t.equal((await subject.create()).code, 0, subject.stderr);
  const { pid } = await subject.state();
  for (const type of ["user", "net", "uts"])
    t.equal(readLink(`/proc/${pid}/ns/${type}`), readLink(`/proc/${holder}/ns/${type}`), type);
  t.equal(readLink(`/proc/${pid}/ns/ipc`), readLink("/proc/self/ns/ipc"));
});

/** A process in user, network and UTS namespaces of its own, ids mapped. @returns its pid */
async function holderOf(t: Test): Promise<number> {
  const program = background(t, ["unshare", "--user", "--net", "--uts", "sh", "-c", "echo held; exec sleep 60"]);
  await program.says(/held/);
  for (const name of ["uid_map", "gid_map"]) writeFileSync(`/proc/${program.pid}/${name}`, `0 ${FIRST} 1000`);
  return Number(program.pid);
}

test("a created container holds nothing of the host's open", async (t) => {
  const subject = container(t, mapped({ process: { args: ["sleep", "60"] } }));
  await subject.create();
  const { pid } = await subject.state();
  const open = readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) > 2);
  t.same(
    open.map((fd) => readLink(`/proc/${pid}/fd/${fd}`).replace(/\[.*/, "")),
    ["socket:"],
  );
  t.notOk(
    mounts(pid).some(({ target }) => target.includes(subject.id)),
    "nothing of the host's tree is mounted",
  );
});

test("a terminal belongs to the user", async (t) => {
  const subject = container(
    t,
    mapped({ process: { terminal: true, args: ["sh", "-c", "stat -c %u /dev/console; tty"] } }),
  );
  const { code, stdout } = await subject.run([]);
  t.equal(code, 0);
  t.match(stdout, /^0\r?\n\/dev\/console|^0\r?\n\/dev\/pts\/0/);
});
