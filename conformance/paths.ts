/** config-linux.md § Masked Paths, § Readonly Paths, § Rootfs Mount Propagation. */
import { equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { O } from "../lib/linux/fcntl.ts";
import { lists, makes, mountTable, opened, reads, writes } from "./support/asks.ts";
import { must } from "./support/requirement.ts";

const MASKED = "config-linux.md § Masked Paths";
const MASK =
  "maskedPaths (array of strings, OPTIONAL) will mask over the provided paths inside the container so that they cannot be read.";
const READONLY = "config-linux.md § Readonly Paths";
const READ_ONLY =
  "readonlyPaths (array of strings, OPTIONAL) will set the provided paths as readonly inside the container.";
const ABSOLUTE = "The values MUST be absolute paths in the container namespace.";

must("masked-file", MASKED, MASK, async (c) => {
  writeFileSync(join(c.rootfs, "secret"), "secret");
  const { text } = await c.ask({ text: reads("/secret") }, { linux: { maskedPaths: ["/secret"] } });
  ok(text === "" || text === "EACCES" || text === "EPERM", text);
});

must("masked-folder", MASKED, MASK, async (c) => {
  writeFileSync(join(c.rootfs, "etc/secret"), "secret");
  const { names, text } = await c.ask(
    { names: lists("/etc"), text: reads("/etc/secret") },
    { linux: { maskedPaths: ["/etc"] } },
  );
  equal(names.length, 0);
  equal(text, "ENOENT");
});

must("masked-proc", MASKED, MASK, async (c) => {
  const { text } = await c.ask(
    { text: reads("/proc/interrupts", 1) },
    { linux: { maskedPaths: ["/proc/interrupts"] } },
  );
  equal(text, "");
});

must("masked-missing", MASKED, MASK, async (c) => {
  await c.ask({}, { linux: { maskedPaths: ["/nowhere", "/proc/nothing/there"] } });
});

must("masked-relative", MASKED, ABSOLUTE, async (c) => {
  await c.refused({ linux: { maskedPaths: ["etc"] } });
});

must("readonly-folder", READONLY, READ_ONLY, async (c) => {
  const { inside, outside } = await c.ask(
    { inside: makes("/etc/made"), outside: makes("/tmp/made") },
    { linux: { readonlyPaths: ["/etc"] } },
  );
  equal(inside, "EROFS");
  equal(outside, 1);
});

must("readonly-file", READONLY, READ_ONLY, async (c) => {
  writeFileSync(join(c.rootfs, "etc/file"), "old");
  const { written, text } = await c.ask(
    { written: writes("/etc/file", "new"), text: reads("/etc/file") },
    { linux: { readonlyPaths: ["/etc/file"] } },
  );
  equal(written, "EROFS");
  equal(text, "old");
});

must("readonly-proc", READONLY, READ_ONLY, async (c) => {
  const { written } = await c.ask(
    { written: writes("/proc/sys/kernel/hostname", "x") },
    { linux: { readonlyPaths: ["/proc/sys"] } },
  );
  equal(written, "EROFS");
});

must("readonly-missing", READONLY, READ_ONLY, async (c) => {
  await c.ask({}, { linux: { readonlyPaths: ["/nowhere"] } });
});

must("readonly-relative", READONLY, ABSOLUTE, async (c) => {
  await c.refused({ linux: { readonlyPaths: ["etc"] } });
});

const PROPAGATION = "config-linux.md § Rootfs Mount Propagation";
const WORDS: Readonly<Record<string, readonly [string, RegExp]>> = {
  shared: ["shared: the rootfs mount belongs to a new peer group.", /^shared:\d+/],
  slave: [
    "slave: the rootfs mount receives propagation events from the host […] but not the other way around.",
    /^(master:\d+.*)?$/,
  ],
  private: ["private: the rootfs mount doesn't receive mount propagation events from the host", /^$/],
  unbindable: ["unbindable: the rootfs mount is a private mount that cannot be bind-mounted.", /^unbindable$/],
};
for (const [value, [quote, pattern]] of Object.entries(WORDS)) {
  must(`rootfs-propagation-${value}`, PROPAGATION, quote, async (c) => {
    const { mounts } = await c.askIfSupported({ mounts: mountTable() }, { linux: { rootfsPropagation: value } });
    const found = mounts.findLast(({ target }) => target === "/")?.propagation.join(" ") ?? "";
    match(found, pattern);
  });
}

must("proc-own-writable", "config-linux.md § Readonly Paths", READ_ONLY, async (c) => {
  // What is not listed stays as it was mounted.
  const { result } = await c.ask(
    { result: opened("/proc/self/oom_score_adj", O.WRONLY, "getpid") },
    { linux: { readonlyPaths: ["/proc/sys"] } },
  );
  equal(typeof result, "number", String(result));
});
