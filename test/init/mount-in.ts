import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "../../lib/config/schema.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { runIn } from "./run-steps.ts";

/** Mounts in a root of the test's own, and looks at them from inside. */
export function mountIn(
  mounts: Mount[],
  script = "cat /proc/self/mountinfo",
  prepare: (root: string) => void = () => {},
) {
  const root = ownRootfs(join(scratch, uniqueName()));
  prepare(root);
  return {
    root,
    ...runIn({ root: { path: root }, mounts: [{ destination: "/proc", type: "proc" }, ...mounts] }, script),
  };
}

/** A directory on the host with a file in it. */
export function hostDirectory(): string {
  const path = join(scratch, uniqueName());
  mkdirSync(path);
  writeFileSync(join(path, "file"), "of the host\n");
  return path;
}
