/** `exec` into a container that does what it can against it. */
import { closeSync, openSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "tap";
import { capable, cgroupsPathOf } from "../support/bundle.ts";
import { RUNT } from "../support/command.ts";
import { container, running } from "../support/container.ts";
import { hook } from "../support/hooks.ts";
import { cgroupsNamed, read, until } from "../support/host.ts";

/** Rows of: what the spy may do, and all that it is to see of others. */
const SPIES: readonly [who: string, capabilities: string[], sees: RegExp][] = [
  ["any process", [], /^(\/|\/bin\/(busybox|sleep|true|probe))$/],
  // It can trace anything that it sees, so the links of a process on its way in are there: none of them leads to the host.
  [
    "one that may trace all others",
    ["CAP_SYS_PTRACE"],
    /^(\/|\/bin\/(busybox|sleep|true|probe)|\/memfd:(runt-exec|report) \(deleted\)|socket:\[\d+\]|anon_inode:\[pidfd\])$/,
  ],
];

for (const [who, names, sees] of SPIES) {
  test(`CVE-2016-9962, CVE-2024-21626: ${who} in the container sees nothing of the host in a joining exec`, async (t) => {
    const leaked = [openSync("/", "r"), openSync("/etc", "r")];
    const subject = await running(t, { process: { args: ["probe", "spy"], capabilities: capable(...names) } });
    await until("it looks", () => subject.stdout.includes("spying"));
    for (let round = 0; round < 60; round++) {
      t.equal((await subject.exec(["true"], [], { descriptors: leaked })).code, 0);
      await subject.exec(["nope"], [], { descriptors: leaked });
    }
    const seen = subject.stdout.trim().split("\n").slice(1);
    t.same(
      seen.filter((link) => !sees.test(link)),
      [],
    );
    if (names.length > 0) t.ok(seen.includes("/memfd:runt-exec (deleted)"), "it did look in time");
    for (const fd of leaked) closeSync(fd);
  });
}

test("CVE-2024-21626: no directory that leaks leads out", async (t) => {
  const leaked = openSync("/", "r");
  const descriptors = Array.from({ length: 20 }, () => leaked);
  const subject = await running(t);
  for (let fd = 3; fd < 24; fd++) {
    const { code, stdout } = await subject.exec(["pwd"], ["--cwd", `/proc/self/fd/${fd}`], { descriptors });
    t.match({ code, stdout }, { code: 255, stdout: "" }, String(fd));
  }
  closeSync(leaked);
});

test("CVE-2016-3697: a number is never the name of someone else", async (t) => {
  const subject = await running(t, (own) => ({ root: own.ownRootfs() }));
  writeFileSync(join(subject.rootfs, "etc/passwd"), "31337::0:0::/:/bin/sh\n");
  t.equal((await subject.exec(["id", "-u"], ["--user", "31337"])).stdout, "31337\n");
});

test("CVE-2024-40635, CVE-2026-30892: a user is who was asked for, or nobody", async (t) => {
  const subject = await running(t);
  for (const user of ["1", "65534", "4294967294"]) {
    t.equal((await subject.exec(["id", "-u"], ["-u", user])).stdout, `${user}\n`);
    t.equal((await subject.exec(["sh", "-c", "id -u; id -g"], ["-u", `${user}:${user}`])).stdout, `${user}\n${user}\n`);
  }
  for (const user of ["4294967295", "4294967296", "-1", "0x0", "", "1:-1"]) {
    t.match(await subject.exec(["id"], [`--user=${user}`]), { code: 255, stdout: "" }, user);
  }
});

test("CVE-2022-29162, CVE-2025-27612: --cap adds to no inheritable and no ambient set", async (t) => {
  const sets = "grep -E 'CapInh|CapAmb' /proc/self/status";
  for (const flags of [[], ["--user", "1000"]]) {
    const subject = await running(t);
    const { stdout } = await subject.exec(["sh", "-c", sets], ["--cap", "CAP_NET_RAW", ...flags]);
    t.match(stdout, /CapInh:\s+0+\nCapAmb:\s+0+\n/);
  }
});

test("CVE-2019-5736: runt is not to be had as the program that runs", async (t) => {
  const before = [statSync(RUNT).ino, statSync(RUNT).mtimeMs];
  const subject = await running(t, (own) => ({ root: own.ownRootfs() }));
  for (const [name, text] of Object.entries({ script: "#!/proc/self/exe\n", itself: "" })) {
    const path = join(subject.rootfs, "bin", name);
    if (text === "") symlinkSync("/proc/self/exe", path);
    else writeFileSync(path, text, { mode: 0o755 });
    const { code, stdout } = await subject.exec([name, "--version"]);
    t.not(code, 0, name);
    t.equal(stdout, "", name);
  }
  t.same([statSync(RUNT).ino, statSync(RUNT).mtimeMs], before);
});

/** Rows of: what the image makes of its passwd. */
const PASSWD: readonly [what: string, make: (path: string) => void][] = [
  ["a link to what never ends", (path) => symlinkSync("/dev/zero", path)],
  ["a link out of the root", (path) => symlinkSync("../../../../../../etc/passwd", path)],
  ["a link through a process", (path) => symlinkSync("/proc/1/root/etc/passwd", path)],
  ["without end", (path) => writeFileSync(path, Buffer.alloc(64 << 20, "x"))],
];

for (const [what, make] of PASSWD) {
  test(`a passwd that is ${what} costs a default`, async (t) => {
    const subject = await running(t, (own) => ({ root: own.ownRootfs() }));
    const path = join(subject.rootfs, "etc/passwd");
    unlinkSync(path);
    make(path);
    t.match(await subject.exec(["sh", "-c", "echo $HOME"]), { code: 0, stdout: "/\n" });
  });
}

test("runc 1.5.2, crun 1.29: --cgroup leads to no neighbour", async (t) => {
  const subject = await running(t);
  const neighbour = container(t, { linux: { cgroupsPath: cgroupsPathOf(`${subject.id}-2`) } });
  t.equal((await neighbour.create()).code, 0);
  const [cgroup = ""] = cgroupsNamed(`${subject.id}-2`);
  const before = readFileSync(join(cgroup, "cgroup.procs"), "utf8");
  const other = basename(cgroup);
  const names = [`../${other}`, "-2", `/../${other}`, `x/../../${other}`, "..", `/${other}`];
  for (const name of names) t.match(await subject.exec(["true"], ["--cgroup", name]), { code: 255 }, name);
  t.equal(read(join(cgroup, "cgroup.procs")), before);
});

for (const kind of ["prestart", "createRuntime"] as const) {
  test(`a container that is being made, whose root is the host's still, takes no exec: ${kind}`, async (t) => {
    const subject = container(t, (own) => {
      const script = `cat > /dev/null; ${RUNT} --root ${own.root} exec ${own.id} ls / > $LOG/said 2>&1; :`;
      return { hooks: { [kind]: [hook(own, kind, script)] }, process: { args: ["true"] } };
    });
    t.equal((await subject.run()).code, 0);
    const said = read(join(subject.folder("log"), "said"));
    t.match(said, /^exec failed: cannot exec in a container that is not made yet/);
  });
}
