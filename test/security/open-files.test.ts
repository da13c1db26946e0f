/** What a process of the container has open before it is the user's program: nothing that leads to the host's files. */
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { container, list } from "../support/container.ts";
import { readLink } from "../support/host.ts";

test("crun 1.31: a process that waits for start has no file or folder of the host open", async (t) => {
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    const bind = { destination: "/srv", source: it.folder("source"), options: ["rbind", "ro"] };
    const linux = {
      maskedPaths: ["/proc/kcore", "/proc/acpi"],
      readonlyPaths: ["/proc/sys"],
      sysctl: { "net.ipv4.ip_forward": "1" },
    };
    return { root, mounts: [...MOUNTS, bind], linux, process: { args: ["sleep", "60"] } };
  });
  await subject.create();
  const { pid } = await subject.state();
  const open = list(`/proc/${pid}/fd`)
    .filter((fd) => Number(fd) > 2)
    .map((fd) => readLink(`/proc/${pid}/fd/${fd}`));
  t.same(
    open.filter((target) => target.startsWith("/")),
    [],
  );
  t.equal(readLink(`/proc/${pid}/root`), "/", "its root is the container's");
  t.equal(readLink(`/proc/${pid}/cwd`), "/");
  const inside = list(join(`/proc/${pid}`, "root"));
  t.ok(inside.includes("srv"), "which is the image's");
  t.notOk(inside.includes("boot"));
});
