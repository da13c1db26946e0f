import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { runIn } from "./run-steps.ts";

/** Copies a symlink to `target` into a root made by `prepare`, as /a/link. */
function copySymlink(target: string, prepare: (root: string) => void = () => {}) {
  const source = join(scratch, uniqueName());
  symlinkSync(target, source);
  const root = ownRootfs(join(scratch, uniqueName()));
  mkdirSync(join(root, "a"));
  prepare(root);
  return runIn(
    { root: { path: root }, mounts: [{ destination: "/a/link", source, options: ["bind", "copy-symlink"] }] },
    "readlink /a/link",
  );
}

test("copy-symlink makes a symlink", async (t) => {
  const { output, failure } = copySymlink("../usr/share/zoneinfo/Europe/Rome");
  t.equal(failure, undefined);
  t.equal(output, "../usr/share/zoneinfo/Europe/Rome\n");
});

for (const target of ["/somewhere", "/some", "/grüße/日本", "x"]) {
  test(`copy-symlink accepts the same symlink to ${target}`, async (t) => {
    const { output, failure } = copySymlink(target, (root) => symlinkSync(target, join(root, "a/link")));
    t.equal(failure, undefined);
    t.equal(output, `${target}\n`);
  });
}

for (const [target, found] of [
  ["/somewhere", "/elsewhere"],
  ["/some", "/somewhere"],
  ["/somewhere", "/some"],
  ["ab", "ac"],
] as const) {
  test(`copy-symlink to ${target} refuses one to ${found}`, async (t) => {
    const { failure } = copySymlink(target, (root) => symlinkSync(found, join(root, "a/link")));
    t.equal(failure, `make /a/link a symlink to ${target}: there is something else: fail: EEXIST`);
  });
}

test("copy-symlink refuses a file", async (t) => {
  const { failure } = copySymlink("/somewhere", (root) => writeFileSync(join(root, "a/link"), ""));
  t.equal(failure, "make /a/link a symlink to /somewhere: readlinkat: EINVAL");
});
