/** A container that watches another come up in its own namespaces: it sees nothing of the host's. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS, namespacesBut } from "../support/bundle.ts";
import { container } from "../support/container.ts";
import { hook, withHooks } from "../support/hooks.ts";
import { read, until } from "../support/host.ts";

const nowhere = { output: { stdout: "/dev/null", stderr: "/dev/null" } };

test("CVE-2016-9962: descriptors and folders of a process on its way into the container stay hidden", async (t) => {
  const look =
    "for link in /proc/[0-9]*/fd/* /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/exe; do readlink $link 2>/dev/null; done >> /out/seen";
  const attacker = container(t, (it) => ({
    mounts: [...MOUNTS, { destination: "/out", source: it.folder("out"), options: ["bind"] }],
    root: it.ownRootfs(),
    process: { args: ["sh", "-c", `echo > /out/seen; while [ ! -e /out/stop ]; do ${look}; done`] },
  }));
  await attacker.create([], nowhere);
  await attacker.start(nowhere);
  const { pid } = await attacker.state();
  await until("it looks", () => existsSync(join(attacker.directory, "out/seen")));
  const namespaces = [...namespacesBut("pid"), { type: "pid", path: `/proc/${pid}/ns/pid` }];
  for (let round = 0; round < 30; round++) {
    const subject = container(t, { linux: { namespaces }, process: { args: ["sleep", "0.01"] } });
    await subject.run([], nowhere);
    await subject.discard();
  }
  const seen = new Set(read(join(attacker.directory, "out/seen")).split("\n").filter(Boolean));
  t.ok(seen.size > 3, "it did look");
  const own = /^(\/|\/out\/seen|\/bin\/.*|\/dev\/null|pipe:.*|\/proc(\/.*)?)$/;
  t.same(
    [...seen].filter((link) => !own.test(link)),
    [],
  );
});

test("CVE-2016-9962: an init that waits for start under another user is not dumpable", async (t) => {
  const subject = container(t, { process: { user: { uid: 1000, gid: 1000 }, args: ["sleep", "60"] } });
  await subject.create();
  const { pid } = await subject.state();
  t.equal(statSync(`/proc/${pid}/fd`).uid, 0, "its folder in proc is root's");
  await subject.start();
  await until("the program runs", () => read(`/proc/${pid}/comm`) === "sleep\n");
  t.equal(statSync(`/proc/${pid}/fd`).uid, 1000, "the program's is its user's");
});

test("CVE-2020-15257: no abstract socket is there to be connected to from the host's network", async (t) => {
  const abstract = () =>
    new Set(
      read("/proc/net/unix")
        .split("\n")
        .map((line) => line.split(/\s+/)[7] ?? "")
        .filter((name) => name.startsWith("@")),
    );
  const before = abstract();
  const subject = container(t, { process: { args: ["sleep", "60"] }, linux: { namespaces: namespacesBut("network") } });
  const creating = subject.create();
  const during = abstract();
  await creating;
  const created = abstract();
  await subject.start();
  for (const name of [...during, ...created, ...abstract()]) t.ok(before.has(name), name);
  t.pass("looked while it was created, then, and while it ran");
});

test("CVE-2025-23266: hooks do not get the environment that the image sets", async (t) => {
  const env = ["PATH=/evil", "LD_PRELOAD=/evil.so", "LD_LIBRARY_PATH=/evil", "BASH_ENV=/evil", "ENV=/evil"];
  const subject = container(t, (it) =>
    withHooks(
      it,
      (kind) => [hook(it, kind, `tr '\\0' '\\n' < /proc/$$/environ > $LOG/${kind} 2>/dev/null || env > $LOG/${kind}`)],
      { process: { args: ["/bin/sleep", "60"], env } },
    ),
  );
  t.equal((await subject.create()).code, 0);
  await subject.start();
  await subject.delete("--force");
  for (const kind of ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]) {
    const text = read(join(subject.directory, "log", kind));
    t.match(text, /^LOG=/m, kind);
    t.notMatch(text, "evil", kind);
  }
});

test("CVE-2021-43784: texts around the sizes where lengths overflow arrive whole", async (t) => {
  for (const length of [4095, 4096, 32767, 65535, 65536, 65537, 70_000, 131_000]) {
    const subject = container(t, (it) => ({
      process: {
        args: ["sh", "-c", 'printf "%s" "$LONG" | wc -c; printf "%s" "$1" | wc -c', "sh", "a".repeat(length)],
        env: ["PATH=/bin", `LONG=${"e".repeat(length)}`],
      },
      annotations: { long: "n".repeat(length), [it.id]: "end" },
    }));
    t.equal((await subject.run()).stdout, `${length}\n${length}\n`);
  }
});

test("CVE-2021-43784: ten thousand mappings are told of, not cut", async (t) => {
  const mapping = Array.from({ length: 10_000 }, (_, index) => ({ containerID: index, hostID: index, size: 1 }));
  const namespaces = [...namespacesBut(), { type: "user" }];
  const subject = container(t, { linux: { namespaces, uidMappings: mapping, gidMappings: mapping } });
  t.not((await subject.create()).code, 0);
  t.same(await subject.remains(), []);
});
