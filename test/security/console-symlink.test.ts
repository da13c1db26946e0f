/** The console: its slave comes from the master's own descriptor, and /dev/console is made inside the root. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background, listener } from "../support/background.ts";
import { MOUNTS } from "../support/bundle.ts";
import { type Container, container } from "../support/container.ts";
import { mounts } from "../support/host.ts";
import { probe } from "../support/scratch.ts";
import { fingerprint, victim } from "../support/victim.ts";

const PROC = MOUNTS.slice(0, 1);
const ON_TERMINAL = { terminal: true, args: ["sh", "-c", "tty; stat -Lc %t:%T /proc/self/fd/0"] };

/** Creates and starts the container with a receiver for its console. @returns what came out of the terminal */
async function onConsole(t: Test, subject: Container): Promise<string> {
  const socket = join(subject.directory, "console.sock");
  const receiver = await listener(t, [probe(), "recvtty", socket]);
  const { code } = await subject.create(["--console-socket", socket]);
  if (code !== 0) return "";
  await subject.start();
  await receiver.ended();
  return receiver.stdout;
}

for (const climbing of [false, true]) {
  for (const there of [false, true]) {
    const kind = `${climbing ? "a climbing" : "an absolute"} link to ${there ? "a file that is there" : "a file to be made"}`;
    test(`CVE-2026-88264: /dev/console is ${kind} on the host`, async (t) => {
      const subject = container(t, (it) => {
        const root = it.ownRootfs();
        const file = join(victim(it), there ? "console" : "made");
        symlinkSync(climbing ? `${"../".repeat(30)}${file.slice(1)}` : file, join(it.rootfs, "dev/console"));
        return { root, mounts: PROC, process: ON_TERMINAL };
      });
      const before = await fingerprint(join(subject.directory, "victim"));
      const mounted = mounts().map(({ id }) => id);
      await onConsole(t, subject);
      await subject.delete("--force");
      t.equal(await fingerprint(join(subject.directory, "victim")), before);
      t.same(
        mounts().map(({ id }) => id),
        mounted,
      );
    });
  }
}

test("CVE-2025-52565: /dev/pts/0 of the image is not taken for the terminal", async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    const file = join(victim(it), "file");
    mkdirSync(join(it.rootfs, "dev/pts"));
    for (let number = 0; number < 10; number++) symlinkSync(file, join(it.rootfs, `dev/pts/${number}`));
    return { root, mounts: PROC, process: ON_TERMINAL };
  });
  const before = await fingerprint(join(subject.directory, "victim"));
  const told = await onConsole(t, subject);
  if (told !== "") t.match(told, /88:\d+\r\n$/, "it is a pseudoterminal");
  t.equal(await fingerprint(join(subject.directory, "victim")), before);
});

test("CVE-2025-52565: a neighbour that swaps /dev/console and /dev/pts/0 for links gets nothing of the host's", async (t) => {
  const shared = container(t, (it) => ({ root: it.ownRootfs() }));
  const target = victim(shared);
  const dev = shared.folder("dev");
  for (const name of ["console", "pts/0"]) {
    mkdirSync(join(dev, "pts"), { recursive: true });
    writeFileSync(join(dev, name), "");
    symlinkSync("/proc/sys/fs/lease-break-time", join(dev, `${name}-other`));
    background(t, [probe(), "swap", join(dev, name), join(dev, `${name}-other`)]);
  }
  const before = await fingerprint(target);
  for (let round = 0; round < 25; round++) {
    const subject = container(t, {
      mounts: [...PROC, { destination: "/dev", source: dev, options: ["rbind"] }],
      process: {
        ...ON_TERMINAL,
        args: ["sh", "-c", "stat -Lc %t:%T /proc/self/fd/0; grep ' /dev/' /proc/self/mountinfo"],
      },
    });
    t.notMatch(await onConsole(t, subject), "lease-break-time");
    await subject.discard();
  }
  t.equal(await fingerprint(target), before);
});
