/** config-linux.md § Cgroup ownership: on v2 a container that may use its cgroup can make others below it, and not raise its limits. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS, namespacesBut } from "../support/bundle.ts";
import { cgroupDirectory, VERSION } from "../support/cgroup.ts";
import { container } from "../support/container.ts";
import { read } from "../support/host.ts";

const skip = VERSION === 1 && "for cgroup v2: this host has v1";

const mount = (...options: string[]) => {
  return { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", ...options] };
};
const user = { uid: 1000, gid: 1000 };

test("the directory and the delegated files are the user's, the limits are not", { skip }, async (t) => {
  const script =
    "mkdir /sys/fs/cgroup/inner && echo 0 > /sys/fs/cgroup/inner/cgroup.procs && echo made; " +
    "echo max > /sys/fs/cgroup/memory.max || echo refused";
  const subject = container(t, {
    process: { user, args: ["sh", "-c", `${script}; cat /sys/fs/cgroup/inner/cgroup.procs`] },
    mounts: [...MOUNTS, mount("rw")],
    linux: { resources: { memory: { limit: 64 << 20 } } },
  });
  t.equal((await subject.create()).code, 0);
  const directory = cgroupDirectory(subject.id, "");
  t.equal(statSync(directory).uid, 1000);
  for (const file of read("/sys/kernel/cgroup/delegate").split("\n").filter(Boolean)) {
    const found = statSync(join(directory, file), { throwIfNoEntry: false });
    if (found !== undefined) t.equal(found.uid, 1000, file);
  }
  for (const file of ["memory.max", "pids.max", "cgroup.freeze"]) {
    t.equal(statSync(join(directory, file)).uid, 0, file);
  }
  await subject.start();
  for (let attempt = 0; attempt < 600 && !/\n\d+\n/.test(subject.stdout); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.match(subject.stdout, /^made\nrefused\n1\n/);
});

for (const [name, change] of Object.entries({
  "read-only": { mounts: [...MOUNTS, mount("ro")] },
  "not mounted": {},
  "of the host's namespace": { mounts: [...MOUNTS, mount("rw")], linux: { namespaces: namespacesBut("cgroup") } },
})) {
  test(`a cgroup that is ${name} stays root's`, { skip }, async (t) => {
    const subject = container(t, { process: { user, args: ["sleep", "60"] }, ...change });
    t.equal((await subject.create()).code, 0);
    t.equal(statSync(cgroupDirectory(subject.id, "")).uid, 0);
    t.equal(statSync(join(cgroupDirectory(subject.id, ""), "cgroup.procs")).uid, 0);
  });
}
