/** proc and sysfs go where config.json says or nowhere: an image that has a link there gets an error. */
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { mountsBut } from "../support/bundle.ts";
import { type Container, container, refused } from "../support/container.ts";
import { fingerprint, victim } from "../support/victim.ts";

const CVES = "CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867";

for (const name of ["proc", "sys"]) {
  const aims: readonly { kind: string; target: (it: Container) => string }[] = [
    { kind: "a folder of the image", target: () => "/srv" },
    { kind: "a folder of the image, relative", target: () => "srv" },
    { kind: "a folder of the host", target: (it) => join(it.directory, "victim/folder") },
    { kind: "a folder of the host, climbing", target: () => "../../victim/folder" },
    { kind: "nothing", target: () => "/no/such/folder" },
    { kind: "itself", target: () => `/${name}` },
  ];
  for (const { kind, target } of aims) {
    test(`${CVES}: /${name} that is a link to ${kind} is refused`, async (t) => {
      const prepare = (it: Container) => {
        victim(it);
        const root = it.ownRootfs();
        rmSync(join(it.rootfs, name), { recursive: true });
        symlinkSync(target(it), join(it.rootfs, name));
        return { root };
      };
      t.match(await refused(t, prepare), new RegExp(`/${name}\\b`));
    });
  }
}

test(`${CVES}: nothing of the host's changes meanwhile`, async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    rmSync(join(it.rootfs, "proc"), { recursive: true });
    symlinkSync(join(victim(it), "folder"), join(it.rootfs, "proc"));
    return { root };
  });
  const before = await fingerprint(join(subject.directory, "victim"));
  t.not((await subject.create()).code, 0);
  t.equal(await fingerprint(join(subject.directory, "victim")), before);
});

test(`${CVES}: a link above the place of proc leads within the root`, async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    symlinkSync("../../../../srv", join(it.rootfs, "climbing"));
    const proc = { destination: "/climbing/proc", type: "proc", source: "proc" };
    return {
      root,
      mounts: [proc, ...mountsBut("/proc")],
      process: { args: ["sh", "-c", "cat /srv/proc/1/comm || ls /srv"] },
    };
  });
  const { code, stdout } = await subject.run();
  if (code === 0) t.equal(stdout, "sh\n");
  else t.pass("or it is refused");
});
