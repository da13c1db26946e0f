/** Two containers share a volume, and one swaps a folder for a link while the runtime mounts the other's things on it. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { background } from "../support/background.ts";
import { MOUNTS } from "../support/bundle.ts";
import { container } from "../support/container.ts";
import { mounts } from "../support/host.ts";
import { probe } from "../support/scratch.ts";
import { fingerprint, victim } from "../support/victim.ts";

const ROUNDS = 25;

const AIMS = [
  { cve: "CVE-2021-30465", name: "a tmpfs mounted on a folder that comes and goes", below: "", kind: "tmpfs" },
  { cve: "CVE-2021-30465", name: "a bind mount on a folder that comes and goes", below: "", kind: "bind" },
  {
    cve: "CVE-2024-45310",
    name: "folders made below a folder that comes and goes",
    below: "/new/deep/er",
    kind: "tmpfs",
  },
  { cve: "CVE-2024-45310", name: "a file made below a folder that comes and goes", below: "/new/file", kind: "file" },
] as const;

for (const { cve, name, below, kind } of AIMS) {
  for (const climbing of [false, true]) {
    test(`${cve}: ${name}, swapped for ${climbing ? "a climbing" : "an absolute"} link, never lands on the host`, {
      timeout: 120_000,
    }, async (t) => {
      const shared = container(t, (it) => ({ root: it.ownRootfs() }));
      const target = victim(shared);
      const volume = shared.folder("volume");
      mkdirSync(join(volume, "place"));
      // Of the kernel's own ways out of a root, both: from the top, and by the parents.
      symlinkSync(climbing ? `${"../".repeat(20)}${target.slice(1)}` : target, join(volume, "other"));
      background(t, [probe(), "swap", join(volume, "place"), join(volume, "other")]);
      const sources = {
        tmpfs: { type: "tmpfs", source: "tmpfs" },
        bind: { source: shared.folder("source"), options: ["rbind"] },
        file: { source: "/etc/passwd", options: ["bind"] },
      };
      const before = await fingerprint(target);
      const mounted = mounts().map(({ id }) => id);
      let made = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const binding = { destination: "/volume", source: volume, options: ["rbind"] };
        const subject = container(t, {
          root: { path: shared.rootfs, readonly: false },
          mounts: [...MOUNTS.slice(0, 1), binding, { destination: `/volume/place${below}`, ...sources[kind] }],
        });
        if ((await subject.run()).code === 0) made++;
        await subject.discard();
      }
      t.equal(await fingerprint(target), before, `the host's folder is as before; ${made} of ${ROUNDS} containers ran`);
      t.same(
        mounts().map(({ id }) => id),
        mounted,
        "and so are its mounts",
      );
    });
  }
}
