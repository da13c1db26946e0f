/** What the runtime writes to proc reaches the kernel's file of that name, whatever the container has mounted over it. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { type Container, container } from "../support/container.ts";
import { read } from "../support/host.ts";
import { fingerprint, victim } from "../support/victim.ts";

const SYSCTL = { "net.ipv4.ip_forward": "1", "kernel.msgmax": "12345" };
const SECOND = { destination: "/srv", type: "proc", source: "proc" };
const bind = (source: string, destination: string) => ({ destination, source, options: ["rbind"] });

const OVER: readonly { name: string; mounts: (it: Container) => Config[] }[] = [
  {
    name: "a file over the sysctl's own",
    mounts: (it) => [...MOUNTS, bind(join(it.directory, "victim/file"), "/proc/sys/net/ipv4/ip_forward")],
  },
  {
    name: "a folder over /proc/sys/net/ipv4",
    mounts: (it) => [...MOUNTS, bind(join(it.directory, "decoy"), "/proc/sys/net/ipv4")],
  },
  {
    name: "a tmpfs over /proc/sys/kernel",
    mounts: () => [...MOUNTS, { destination: "/proc/sys/kernel", type: "tmpfs", source: "tmpfs" }],
  },
  {
    name: "another file of proc over the sysctl's",
    mounts: () => [...MOUNTS, bind("/proc/sys/kernel/domainname", "/proc/sys/net/ipv4/ip_forward")],
  },
  {
    name: "a tmpfs instead of proc",
    mounts: () => [{ destination: "/proc", type: "tmpfs", source: "tmpfs" }, ...MOUNTS.slice(1)],
  },
  {
    name: "a folder of files instead of proc",
    mounts: (it) => [bind(join(it.directory, "decoy"), "/proc"), ...MOUNTS.slice(1)],
  },
  {
    name: "a tmpfs over /proc afterwards",
    mounts: () => [...MOUNTS, { destination: "/proc", type: "tmpfs", source: "tmpfs" }],
  },
  {
    name: "a tmpfs over the process's own folder",
    mounts: () => [...MOUNTS, { destination: "/proc/self", type: "tmpfs", source: "tmpfs" }],
  },
];

for (const { name, mounts } of OVER) {
  test(`CVE-2025-52881, CVE-2025-62596: sysctls with ${name} are set for real, or refused`, async (t) => {
    const subject = container(t, (it) => {
      const root = it.ownRootfs();
      const file = join(victim(it), "file");
      for (const path of ["ip_forward", "sys/net/ipv4/ip_forward", "sys/kernel/msgmax"]) {
        it.folder(join("decoy", path, ".."));
        writeFileSync(join(it.directory, "decoy", path), "0\n");
      }
      const script = "cat /srv/sys/net/ipv4/ip_forward /srv/sys/kernel/msgmax";
      t.ok(existsSync(file));
      return {
        root,
        mounts: [...mounts(it), SECOND],
        linux: { sysctl: SYSCTL },
        process: { args: ["sh", "-c", script] },
      };
    });
    const before = [
      await fingerprint(join(subject.directory, "victim")),
      await fingerprint(join(subject.directory, "decoy")),
      read("/proc/sys/kernel/domainname"),
    ];
    const { code, stdout } = await subject.run();
    if (code === 0) t.equal(stdout, "1\n12345\n");
    else t.pass("refused");
    t.same(
      [
        await fingerprint(join(subject.directory, "victim")),
        await fingerprint(join(subject.directory, "decoy")),
        read("/proc/sys/kernel/domainname"),
      ],
      before,
    );
  });
}

const LSM = existsSync("/sys/kernel/security/apparmor");

test("CVE-2019-16884: an AppArmor profile with a tmpfs for /proc is an error, not an unconfined start", {
  skip: !LSM && "needs AppArmor: runs on a Debian or Ubuntu host",
}, async (t) => {
  const mounts = [{ destination: "/proc", type: "tmpfs", source: "tmpfs" }, ...MOUNTS.slice(1), SECOND];
  const subject = container(t, (it) => ({
    root: it.ownRootfs(),
    mounts,
    process: { apparmorProfile: "unconfined", args: ["cat", "/srv/self/attr/current"] },
  }));
  const { code, stdout } = await subject.run();
  if (code === 0) t.match(stdout, "unconfined");
  else t.pass("refused");
});

test("CVE-2026-115521: the root is read-only although /proc/self/fd is mounted over", async (t) => {
  for (const destination of ["/proc/self/fd", "/proc/1/fd", "/proc/self", "/proc/thread-self/fd"]) {
    const over = { destination, type: "tmpfs", source: "tmpfs" };
    const script =
      "touch /new 2>/dev/null && echo root written; touch /srv/new 2>/dev/null && echo bind written; exit 0";
    const subject = container(t, (it) => {
      it.ownRootfs();
      const readonly = { destination: "/srv", source: it.folder("source"), options: ["bind", "ro"] };
      return {
        root: { path: "rootfs", readonly: true },
        mounts: [...MOUNTS, over, readonly],
        process: { args: ["sh", "-c", script] },
      };
    });
    const { stdout } = await subject.run();
    t.equal(stdout, "", destination);
    t.notOk(existsSync(join(subject.rootfs, "new")));
  }
});
