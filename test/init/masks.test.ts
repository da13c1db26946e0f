import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Linux, Mount } from "../../lib/config/schema.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { mountOn } from "./mountinfo.ts";
import { runIn } from "./run-steps.ts";

const PROC: Mount = { destination: "/proc", type: "proc", options: ["nosuid", "nodev", "noexec"] };

/** Covers paths in a root of the test's own, which `prepare` may change before, and looks at them from inside. */
function maskIn(linux: Partial<Linux>, script: string, { mounts = [PROC], prepare = (_root: string) => {} } = {}) {
  const root = ownRootfs(join(scratch, uniqueName()));
  prepare(root);
  return runIn({ root: { path: root }, mounts, linux }, script);
}

test("masked directories are empty and can't be written, masked files are the null device", async (t) => {
  const { output, failure } = maskIn(
    { maskedPaths: ["/proc/bus", "/etc", "/proc/version", "/bin/probe"] },
    "ls -a /proc/bus /etc; cat /proc/version /bin/probe; stat -c '%F %t:%T' /proc/version; echo > /etc/x; cat /proc/self/mountinfo",
  );
  t.equal(failure, undefined);
  t.match(output, "/etc:\n.\n..\n\n/proc/bus:\n.\n..\ncharacter special file 1:3\n");
  t.match(output, "can't create /etc/x: Read-only file system");
  t.same(mountOn(output, "/etc").options, ["ro", "nosuid", "nodev", "noexec", "relatime"]);
});

test("a mask needs nothing of what it covers", async (t) => {
  const { output, failure } = maskIn({ maskedPaths: ["/nothing", "/etc/nothing/at/all", "/etc", "/etc"] }, "ls /etc");
  t.equal(failure, undefined);
  t.equal(output, "");
});

test("read-only paths keep what else their mount forbids, and the mounts below them", async (t) => {
  const mounts = [PROC, { destination: "/data", type: "tmpfs" }, { destination: "/data/below", type: "tmpfs" }];
  const { output, failure } = maskIn(
    { readonlyPaths: ["/proc/sys", "/data", "/etc/passwd", "/nothing"] },
    "echo > /data/x; echo > /etc/passwd; echo > /data/below/x && cat /proc/self/mountinfo",
    { mounts },
  );
  t.equal(failure, undefined);
  t.match(output, "can't create /data/x: Read-only file system");
  t.match(output, "can't create /etc/passwd: Read-only file system");
  t.same(mountOn(output, "/proc/sys").options, ["ro", "nosuid", "nodev", "noexec", "relatime"]);
  t.equal(mountOn(output, "/data/below").options[0], "rw");
});

test("a null device in the image that leads elsewhere masks nothing with it (CVE-2025-31133, CVE-2025-62161)", async (t) => {
  const pattern = readFileSync("/proc/sys/kernel/core_pattern", "utf8");
  const { output, failure } = maskIn(
    { maskedPaths: ["/proc/version"] },
    "cat /proc/version; stat -c %t:%T /proc/version",
    {
      // The image's /dev, with a directory in place of what would be an error for a device.
      mounts: [PROC, { destination: "/dev", source: "dev", options: ["bind"] }],
      prepare: (root) => {
        symlinkSync("/proc/sys/kernel/core_pattern", join(root, "dev/null"));
        execFileSync("cp", ["-a", join(root, "dev"), join(scratch, "dev")]);
      },
    },
  );
  t.equal(failure, undefined);
  t.equal(output, "1:3\n");
  t.equal(readFileSync("/proc/sys/kernel/core_pattern", "utf8"), pattern);
});

test("a symlink of the image is masked where it leads inside the root", async (t) => {
  const { output, failure } = maskIn({ maskedPaths: ["/link"] }, "cat /link /real; echo end", {
    prepare: (root) => {
      writeFileSync(join(root, "real"), "secret");
      mkdirSync(join(root, "a"));
      symlinkSync("../../../../real", join(root, "a/link"));
      symlinkSync("/a/link", join(root, "link"));
    },
  });
  t.equal(failure, undefined);
  t.equal(output, "end\n");
});

test("a path through a file is an error, not a path left open", async (t) => {
  t.equal(maskIn({ maskedPaths: ["/etc/passwd/x"] }, "true").failure, "mask /etc/passwd/x: openat2: ENOTDIR");
});
