/** /dev/null of the image: never what is masked with, never what a stream becomes. */
import { rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { MOUNTS, mountsBut } from "../support/bundle.ts";
import { COMMAND, run } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { read } from "../support/host.ts";
import { probe } from "../support/scratch.ts";
import { fingerprint, victim } from "../support/victim.ts";

const PROC = MOUNTS.slice(0, 1);
/** Of the whole machine, and harmless to change. */
const PRIZE = "/proc/sys/fs/lease-break-time";
const CVES = "CVE-2025-31133, CVE-2025-62161";

/** The prize's value now, which it gets back when the test ends. */
function guarded(t: Test): string {
  const before = read(PRIZE);
  t.teardown(() => writeFileSync(PRIZE, before));
  return before;
}

test(`${CVES}: masking goes by a /dev/null of the host's, not by the image's link to a file of proc`, async (t) => {
  const before = guarded(t);
  for (const target of [PRIZE, "/proc/sys/kernel/domainname", "/srv/secret", "/etc"]) {
    const subject = container(t, (it) => {
      const root = it.ownRootfs();
      writeFileSync(join(it.rootfs, "srv/secret"), "secret\n");
      writeFileSync(join(it.rootfs, "srv/other"), "secret\n");
      symlinkSync(target, join(it.rootfs, "dev/null"));
      const script = "cat /srv/other; echo 77 > /srv/other; stat -c %t:%T /srv/other";
      return { root, mounts: PROC, linux: { maskedPaths: ["/srv/other"] }, process: { args: ["sh", "-c", script] } };
    });
    const { code, stdout } = await subject.run();
    if (code === 0) t.equal(stdout, "1:3\n", `masked although /dev/null is a link to ${target}`);
    t.notMatch(stdout, "secret");
  }
  t.equal(read(PRIZE), before);
});

test(`${CVES}: a neighbour that swaps /dev/null for a link while paths are masked gains nothing`, {
  timeout: 120_000,
}, async (t) => {
  const before = guarded(t);
  const shared = container(t, (it) => ({ root: it.ownRootfs() }));
  writeFileSync(join(shared.rootfs, "srv/secret"), "secret\n");
  const dev = shared.folder("dev");
  await run(["mknod", join(dev, "null"), "c", "1", "3"]);
  symlinkSync(PRIZE, join(dev, "other"));
  background(t, [probe(), "swap", join(dev, "null"), join(dev, "other")]);
  for (let round = 0; round < 50; round++) {
    const script = "cat /srv/secret; grep ' /srv/secret ' /proc/self/mountinfo";
    const subject = container(t, {
      root: { path: shared.rootfs, readonly: true },
      mounts: [...PROC, { destination: "/dev", source: dev, options: ["rbind"] }],
      linux: { maskedPaths: ["/srv/secret"] },
      process: { args: ["sh", "-c", script] },
    });
    const { stdout } = await subject.run();
    t.notMatch(stdout, /lease-break-time|^secret$/m, `round ${round}`);
    await subject.discard();
  }
  t.equal(read(PRIZE), before);
});

test("CVE-2026-88265: streams stay the caller's pipes although /dev/null is a link to the host's file", async (t) => {
  for (const mounts of [PROC, mountsBut("/dev/shm")]) {
    const subject = container(t, (it: Container) => {
      const root = it.ownRootfs();
      symlinkSync(join(victim(it), "null"), join(it.rootfs, "dev/null"));
      return { root, mounts, process: { user: { uid: 1000, gid: 1000 }, args: ["sh", "-c", "cat; echo err >&2"] } };
    });
    const before = await fingerprint(join(subject.directory, "victim"));
    const args = [...COMMAND, "--root", subject.root, "run", "--bundle", subject.bundle, subject.id];
    const program = background(t, ["sh", "-c", 'echo in | "$@"; echo answer $?', "sh", ...args]);
    await program.ended();
    if (program.stdout.includes("answer 0")) t.match(program.stdout, /^in\n/);
    t.equal(await fingerprint(join(subject.directory, "victim")), before);
    rmSync(join(subject.rootfs, "dev"), { recursive: true });
  }
});

test("CVE-2026-88265: streams that are the host's /dev/null stay so, and it keeps its owner", async (t) => {
  const before = statSync("/dev/null");
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    symlinkSync(join(victim(it), "null"), join(it.rootfs, "dev/null"));
    return {
      root,
      mounts: PROC,
      process: { user: { uid: 1000, gid: 1000 }, args: ["sh", "-c", "echo x; echo y >&2; cat"] },
    };
  });
  const own = await fingerprint(join(subject.directory, "victim"));
  await subject.run([], { output: { stdout: "/dev/null", stderr: "/dev/null" } });
  t.equal(await fingerprint(join(subject.directory, "victim")), own);
  t.same(
    [statSync("/dev/null").uid, statSync("/dev/null").mode, statSync("/dev/null").rdev],
    [before.uid, before.mode, before.rdev],
  );
});
