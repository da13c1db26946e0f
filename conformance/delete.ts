/** runtime.md § Delete. */
import { equal, ok } from "node:assert/strict";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupsNamed, hierarchies } from "../test/support/host.ts";
import { must, skip } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

export const DELETE = "runtime.md § Delete";
const NOT_STOPPED =
  "Attempting to delete a container that is not stopped MUST have no effect on the container and MUST generate an error.";
const RESOURCES = "Deleting a container MUST delete the resources that were created during the create step.";
export const OTHERS =
  "Note that resources associated with the container, but not created by this container, MUST NOT be deleted.";

async function stopped(c: Subject): Promise<void> {
  await c.running({});
  await c.stop();
}

must(
  "delete-no-id",
  DELETE,
  "This operation MUST generate an error if it is not provided the container ID.",
  async (c) => {
    await stopped(c);
    await c.fail("delete without an id", c.command(["delete"]));
    equal(await c.status(), "stopped");
  },
);

must("delete-unknown", DELETE, NOT_STOPPED, async (c) => {
  await c.fail("delete", c.delete());
});

must("delete-running", DELETE, NOT_STOPPED, async (c) => {
  await c.running({});
  const { pid } = await c.state();
  await c.fail("delete", c.delete());
  const after = await c.state();
  equal(after.status, "running");
  equal(after.pid, pid);
});

must("delete-created", DELETE, NOT_STOPPED, async (c) => {
  await c.created();
  await c.fail("delete of a created container", c.delete());
  equal(await c.status(), "created");
});

must("delete-stopped", DELETE, RESOURCES, async (c) => {
  await stopped(c);
  await c.succeed("delete", c.delete());
  equal(await c.status(), "gone");
});

must("delete-resources", DELETE, RESOURCES, async (c) => {
  await stopped(c);
  await c.succeed("delete", c.delete());
  equal((await c.remains()).join("; "), "");
});

must("delete-keeps-the-bundle", DELETE, OTHERS, async (c) => {
  await stopped(c);
  await c.succeed("delete", c.delete());
  for (const name of ["config.json", "rootfs/observer"]) ok(existsSync(join(c.bundle, name)), `${name} is there`);
});

must("delete-keeps-bind-sources", DELETE, OTHERS, async (c) => {
  const source = c.folder("source");
  writeFileSync(join(source, "kept"), "kept");
  const mounts = [
    ...(c.base().mounts as object[]),
    { destination: "/mnt", type: "none", source, options: ["rbind", "rw"] },
  ];
  await c.created({ mounts });
  await c.stop();
  await c.succeed("delete", c.delete());
  ok(existsSync(join(source, "kept")));
});

must("delete-keeps-cgroups-of-others", DELETE, OTHERS, async (c) => {
  const [hierarchy] = hierarchies();
  if (hierarchy === undefined) skip("no cgroup hierarchy is mounted");
  await stopped(c);
  const other = join(hierarchy.path, `${c.id}-other`);
  mkdirSync(other);
  c.after(() => existsSync(other) && rmdirSync(other));
  await c.succeed("delete", c.delete());
  ok(existsSync(other), "the cgroup beside the container's is there");
  equal(cgroupsNamed(c.id).join(" "), other);
});

must(
  "delete-id-again",
  DELETE,
  "Once a container is deleted its ID MAY be used by a subsequent container.",
  async (c) => {
    await stopped(c);
    await c.succeed("delete", c.delete());
    await c.created();
    equal((await c.state()).status, "created");
  },
);
