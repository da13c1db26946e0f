/** config.md § Root. */
import { equal, notEqual } from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { facts, makes, mountTable, writes } from "./support/asks.ts";
import { must } from "./support/requirement.ts";

const ROOT = "config.md § Root";
const PATH = "On POSIX platforms, path is either an absolute path or a relative path to the bundle.";
const READONLY = "If true then the root filesystem MUST be read-only inside the container, defaults to false.";
const EXISTS = "A directory MUST exist at the path declared by the field.";

must("root-relative", ROOT, PATH, async (c) => {
  const { file } = await c.ask({ file: facts("/observer") }, { root: { path: "rootfs" } });
  equal(typeof file, "object");
});

must("root-absolute", ROOT, PATH, async (c) => {
  const { file } = await c.ask({ file: facts("/observer") }, { root: { path: c.rootfs } });
  equal(typeof file, "object");
});

must("root-other-name", ROOT, PATH, async (c) => {
  c.prepare({ root: { path: "other" } });
  renameSync(c.rootfs, join(c.bundle, "other"));
  await c.succeed("run", c.run());
});

must("root-readonly", ROOT, READONLY, async (c) => {
  writeFileSync(join(c.rootfs, "there"), "old");
  const asks = { made: makes("/made"), written: writes("/there", "new"), mounts: mountTable() };
  const { made, written, mounts } = await c.ask(asks, { root: { readonly: true } });
  equal(made, "EROFS");
  equal(written, "EROFS");
  equal(mounts.find(({ target }) => target === "/")?.options.includes("ro"), true);
});

for (const [name, root] of Object.entries({ default: {}, false: { readonly: false } })) {
  must(`root-writable-${name}`, ROOT, READONLY, async (c) => {
    const { made } = await c.ask({ made: makes("/made") }, { root });
    equal(made, 1);
  });
}

must("root-missing", ROOT, "On all other platforms, this field is REQUIRED.", async (c) => {
  await c.refused({ root: undefined });
});

must(
  "root-path-missing",
  ROOT,
  "path (string, REQUIRED) Specifies the path to the root filesystem for the container.",
  async (c) => {
    await c.refused({ root: { path: undefined } });
  },
);

must("root-no-directory", ROOT, EXISTS, async (c) => {
  await c.refused({ root: { path: "nowhere" } });
});

must("root-is-a-file", ROOT, EXISTS, async (c) => {
  writeFileSync(join(c.bundle, "file"), "");
  await c.refused({ root: { path: "file" } });
});

must("root-not-the-hosts", ROOT, "root (object, OPTIONAL) specifies the container's root filesystem.", async (c) => {
  const { mark, above } = await c.ask({ mark: facts("/observer"), above: facts("/../../../observer") });
  notEqual(typeof mark, "string");
  equal(JSON.stringify(above), JSON.stringify(mark), "nothing lies above the root");
});
