/** Links where the image has /dev, or files of it: devices and links are made inside the root, and nothing is removed outside. */
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { type Container, container } from "../support/container.ts";
import { mounts } from "../support/host.ts";
import { fingerprint, victim } from "../support/victim.ts";

const PROC = MOUNTS.slice(0, 1);
const DEVICES = [{ path: "/dev/extra", type: "c", major: 1, minor: 3 }];

const AIMS: readonly { name: string; target: (it: Container) => string }[] = [
  { name: "an absolute link to the host's folder", target: (it) => join(it.directory, "victim") },
  { name: "a link that climbs", target: () => "../../victim" },
  { name: "a link that climbs far", target: (it) => `${"../".repeat(30)}${it.directory.slice(1)}/victim` },
  { name: "a link to the host's root by way of proc", target: (it) => `/proc/1/root${it.directory}/victim` },
];

const CONFIGS: readonly { name: string; change: Config }[] = [
  { name: "no mount on /dev", change: { mounts: PROC, linux: { devices: DEVICES } } },
  { name: "a tmpfs on /dev", change: { mounts: MOUNTS, linux: { devices: DEVICES } } },
  { name: "devpts alone", change: { mounts: [...PROC, MOUNTS[2]], linux: { devices: DEVICES } } },
];

for (const { name, target } of AIMS) {
  for (const { name: kind, change } of CONFIGS) {
    test(`CVE-2026-41579, CVE-2026-47766: /dev is ${name}, ${kind}`, async (t) => {
      const subject = container(t, (it) => {
        const root = it.ownRootfs();
        victim(it);
        rmSync(join(it.rootfs, "dev"), { recursive: true });
        symlinkSync(target(it), join(it.rootfs, "dev"));
        return { root, ...change };
      });
      const before = await fingerprint(join(subject.directory, "victim"));
      const mounted = mounts().map(({ id }) => id);
      await subject.create();
      await subject.delete("--force");
      t.equal(await fingerprint(join(subject.directory, "victim")), before);
      t.same(
        mounts().map(({ id }) => id),
        mounted,
      );
    });
  }
}

/** Files in /dev that are links: the runtime makes or replaces each of them. */
const NAMES = ["null", "zero", "tty", "ptmx", "fd", "stdin", "stdout", "console", "extra", "pts/ptmx", "deep/er"];

for (const name of NAMES) {
  test(`CVE-2026-41579: /dev/${name} is a link to a file of the host's`, async (t) => {
    for (const climbing of [false, true]) {
      const subject = container(t, (it) => {
        const root = it.ownRootfs();
        const file = join(victim(it), "null");
        mkdirSync(dirname(join(it.rootfs, "dev", name)), { recursive: true });
        symlinkSync(climbing ? `${"../".repeat(30)}${file.slice(1)}` : file, join(it.rootfs, "dev", name));
        const devices = [...DEVICES, { path: "/dev/deep/er/device", type: "c", major: 1, minor: 3 }];
        return { root, mounts: PROC, linux: { devices } };
      });
      const before = await fingerprint(join(subject.directory, "victim"));
      await subject.run();
      t.equal(await fingerprint(join(subject.directory, "victim")), before, climbing ? "climbing" : "absolute");
    }
  });
}
