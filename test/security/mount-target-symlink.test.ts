/** Links in the image on the way to a mount's destination: whatever is made, is made inside the root. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { type Container, container } from "../support/container.ts";
import { mounts } from "../support/host.ts";
import { fingerprint, victim } from "../support/victim.ts";

/** What the link `/evil` of the image leads to, and the destination that goes by it. */
const WAYS: readonly { name: string; target: (it: Container) => string; below: string }[] = [
  { name: "an absolute link to the host's folder", target: (it) => join(it.directory, "victim"), below: "" },
  { name: "below an absolute link", target: (it) => join(it.directory, "victim"), below: "/new/folder" },
  { name: "a link that climbs", target: () => "../../victim", below: "" },
  { name: "below a link that climbs", target: () => "../../../../../../../../../tmp", below: "/runt-test-new" },
  { name: "dots behind a link", target: () => "/srv", below: "/../../../../../victim/new" },
  { name: "a link to the host's file", target: (it) => join(it.directory, "victim/file"), below: "" },
  { name: "a link through /proc", target: () => "/proc/self/root", below: "/victim" },
  { name: "a link through a descriptor", target: () => "/proc/self/fd/3", below: "/new" },
  { name: "a link through the working directory", target: () => "/proc/self/cwd", below: "/new" },
];

const SOURCES = {
  "a folder": (it: Container) => ({ source: it.folder("source"), options: ["bind"] }),
  "a file": (it: Container) => {
    writeFileSync(join(it.folder("source"), "file"), "");
    return { source: join(it.directory, "source/file"), options: ["bind"] };
  },
  "a tmpfs": () => ({ type: "tmpfs", source: "tmpfs" }),
} as const;

for (const { name, target, below } of WAYS) {
  for (const [kind, source] of Object.entries(SOURCES)) {
    test(`CVE-2019-18837: ${kind} mounted on ${name} stays inside`, async (t) => {
      const subject = container(t, (it) => {
        const root = it.ownRootfs();
        victim(it);
        mkdirSync(join(it.bundle, "victim"));
        symlinkSync(target(it), join(it.rootfs, "evil"));
        return { root, mounts: [...MOUNTS, { destination: `/evil${below}`, ...source(it) }] };
      });
      const before = [
        await fingerprint(join(subject.directory, "victim")),
        await fingerprint(join(subject.bundle, "victim")),
      ];
      const mounted = mounts().map(({ id }) => id);
      // It may be mounted inside or refused: both are right.
      await subject.run();
      t.same(
        [await fingerprint(join(subject.directory, "victim")), await fingerprint(join(subject.bundle, "victim"))],
        before,
      );
      t.same(
        mounts().map(({ id }) => id),
        mounted,
      );
    });
  }
}
