/** config.md § Mounts, type: the file systems that containers have, as they look from inside. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { capable, MOUNTS, mountsBut, NAMESPACES, namespacesBut } from "../support/bundle.ts";
import { container, inside, list } from "../support/container.ts";
import { hierarchies, mountOn, parseMounts, read } from "../support/host.ts";

test("proc shows the container's own processes, and takes its options", async (t) => {
  const proc = {
    destination: "/proc",
    type: "proc",
    source: "proc",
    options: ["nosuid", "noexec", "nodev", "hidepid=2"],
  };
  const facts = await inside(t, "ls -d /proc/[0-9]*; cat /proc/1/comm; grep ' /proc ' /proc/self/mountinfo", {
    mounts: [proc, ...mountsBut("/proc")],
  });
  t.match(facts, /^\/proc\/1\n/);
  t.notMatch(facts, `/proc/${process.pid}\n`, "none of the host's");
  t.match(facts, /- proc proc rw,hidepid=(2|invisible)/);
});

test("sysfs shows the network devices of the container's network namespace", async (t) => {
  t.equal(await inside(t, "ls /sys/class/net"), "lo");
  const host = await inside(t, "ls /sys/class/net", { linux: { namespaces: namespacesBut("network") } });
  t.same(host.split("\n").sort(), list("/sys/class/net"));
});

test("devpts is the container's own instance with its options", async (t) => {
  const facts = await inside(t, "ls /dev/pts; stat -c %a /dev/pts/ptmx; grep ' /dev/pts ' /proc/self/mountinfo");
  t.match(facts, /^ptmx\n666\n/);
  t.match(facts, /gid=5,mode=620,ptmxmode=666/);
});

test("mqueue and shm are the container's own", async (t) => {
  const facts = await inside(
    t,
    "touch /dev/mqueue/queue && ls /dev/mqueue; touch /dev/shm/x && ls /dev/shm; stat -c %a /dev/shm",
  );
  t.equal(facts, "queue\nx\n1777");
  t.equal(await inside(t, "ls /dev/mqueue /dev/shm | grep -v :"), "", "each container's");
});

test("overlay merges its layers, and writes go to the upper one", async (t) => {
  const subject = container(t, (it) => {
    for (const layer of ["lower", "upper", "work"]) it.folder(layer);
    writeFileSync(join(it.directory, "lower/low"), "low\n");
    const options = ["lower", "upper", "work"].map((layer) => `${layer}dir=${join(it.directory, layer)}`);
    const overlay = { destination: "/mnt", type: "overlay", source: "overlay", options };
    return {
      mounts: [...MOUNTS, overlay],
      process: { args: ["sh", "-c", "cat /mnt/low; echo new > /mnt/new; rm /mnt/low; ls /mnt"] },
    };
  });
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "low\nnew\n");
  t.equal(read(join(subject.directory, "upper/new")), "new\n");
  t.equal(read(join(subject.directory, "lower/low")), "low\n");
});

test("tmpcopyup fills a tmpfs with what it covers", async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    mkdirSync(join(it.rootfs, "srv/folder"), { mode: 0o750 });
    writeFileSync(join(it.rootfs, "srv/folder/file"), "content\n", { mode: 0o640 });
    const tmpfs = { destination: "/srv", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "size=1m"] };
    const script =
      "cat /srv/folder/file; stat -c %a /srv/folder /srv/folder/file; echo more > /srv/more; grep ' /srv ' /proc/self/mountinfo | wc -l";
    return { root, mounts: [...MOUNTS, tmpfs], process: { args: ["sh", "-c", script] } };
  });
  const { stdout, stderr } = await subject.run();
  t.equal(stdout, "content\n750\n640\n1\n", stderr);
  t.same(list(join(subject.rootfs, "srv")), ["folder"], "what is written afterwards stays in the tmpfs");
});

const cgroup = (...options: string[]) => ({
  destination: "/sys/fs/cgroup",
  type: "cgroup",
  source: "cgroup",
  options: ["nosuid", "noexec", "nodev", "relatime", ...options],
});
const version1 = hierarchies().filter(({ version }) => version === 1);

test("cgroup shows every hierarchy, each from the container's cgroup on", {
  skip: version1.length === 0 && "needs cgroup v1: see below for v2",
}, async (t) => {
  const subject = container(t, { mounts: [...MOUNTS, cgroup("ro")], process: { args: ["sleep", "60"] } });
  const { code, stderr } = await subject.create();
  t.equal(code, 0, stderr);
  await subject.start();
  const { pid } = await subject.state();
  const seen = parseMounts(read(`/proc/${pid}/mountinfo`));
  const top = mountOn("/sys/fs/cgroup", seen);
  t.equal(top?.type, "tmpfs");
  t.ok([...(top?.options ?? []), ...(top?.superOptions ?? [])].includes("ro"), "read-only");
  for (const { path, controllers } of version1) {
    const mount = mountOn(path, seen);
    t.equal(mount?.type, "cgroup", path);
    t.ok(mount?.options.includes("ro"), `${path} is read-only`);
    for (const controller of controllers) t.ok(mount?.superOptions.includes(controller), `${path} has ${controller}`);
    t.ok(
      read(`/proc/${pid}/root${path}/cgroup.procs`).split("\n").includes(String(pid)),
      `${path} begins at the container's cgroup`,
    );
  }
});

test("cgroup without a cgroup namespace is the container's part of each hierarchy", {
  skip: version1.length === 0 && "needs cgroup v1",
}, async (t) => {
  const subject = container(t, {
    mounts: [...MOUNTS, cgroup("ro")],
    linux: { namespaces: namespacesBut("cgroup") },
    process: { args: ["sleep", "60"] },
  });
  await subject.create();
  const { pid } = await subject.state();
  for (const { path } of version1) {
    t.ok(read(`/proc/${pid}/root${path}/cgroup.procs`).split("\n").includes(String(pid)), path);
  }
});

test("cgroup that is not read-only can be written to", {
  skip: version1.length === 0 && "needs cgroup v1",
}, async (t) => {
  const script =
    "mkdir /sys/fs/cgroup/pids/inner && echo 7 > /sys/fs/cgroup/pids/inner/pids.max && cat /sys/fs/cgroup/pids/inner/pids.max; rmdir /sys/fs/cgroup/pids/inner";
  t.equal(await inside(t, script, { mounts: [...MOUNTS, cgroup()] }), "7");
  const refusal = await inside(t, "mkdir /sys/fs/cgroup/pids/inner 2>&1 || true", {
    mounts: [...MOUNTS, cgroup("ro")],
  });
  t.match(refusal, /Read-only file system/);
});

const unified = hierarchies().find(({ version }) => version === 2);

test("cgroup2 is the unified hierarchy from the container's cgroup on", {
  skip: unified === undefined && "needs cgroup v2, unified or hybrid",
}, async (t) => {
  const mount = {
    destination: "/mnt",
    type: "cgroup2",
    source: "cgroup",
    options: ["ro", "nosuid", "nodev", "noexec"],
  };
  const facts = await inside(t, "cat /mnt/cgroup.procs; grep ' /mnt ' /proc/self/mountinfo", {
    mounts: [...MOUNTS, mount],
  });
  t.match(facts, /^1\n/);
  t.match(facts, / \/ \/mnt ro,.* - cgroup2 /);
});

test("a ram file system of root's own mount works in every namespace set", async (t) => {
  for (const type of ["pid", "network", "ipc", "uts", "cgroup"]) {
    // mqueue and sysfs belong to namespaces that the container must have or be allowed to show.
    const mounts = mountsBut("/sys", "/dev/mqueue");
    const hostname = type === "uts" ? undefined : "runt";
    t.equal(
      await inside(t, "echo fine", {
        hostname,
        mounts,
        linux: { namespaces: NAMESPACES.filter((one) => one.type !== type) },
      }),
      "fine",
      `without ${type}`,
    );
  }
});

test("what is mounted inside later stays inside", async (t) => {
  const script = "mount -t tmpfs later /tmp && grep -c ' /tmp ' /proc/self/mountinfo";
  t.equal(await inside(t, script, { process: { capabilities: capable("CAP_SYS_ADMIN") } }), "1");
  t.notMatch(read("/proc/self/mountinfo"), / later /);
});
