import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { FileSpec } from "../../lib/spec/mount-spec.ts";
import { ownRootfs, scratch, uniqueName } from "../support/scratch.ts";
import { runIn, testHost } from "./run-steps.ts";

/** What the runtime would find below `directory`. */
function contents(directory: string): FileSpec[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).map((path) => {
    const { mode, uid, gid, size, rdev } = lstatSync(join(directory, path));
    const target = (mode & 0o170000) === 0o120000 ? readlinkSync(join(directory, path)) : "";
    return { path, mode, uid, gid, size, rdev, target };
  });
}

/** Covers /data, made by `prepare`, with a copy of itself; `change` happens after it was listed. */
function copyUp(prepare: (data: string) => void, script: string, change: (data: string) => void = () => {}) {
  const root = ownRootfs(join(scratch, uniqueName()));
  const data = join(root, "data");
  mkdirSync(data);
  chmodSync(data, 0o750);
  prepare(data);
  const host = testHost(scratch, contents(data));
  change(data);
  return runIn(
    { root: { path: root }, mounts: [{ destination: "/data", type: "tmpfs", options: ["tmpcopyup"] }] },
    script,
    host,
  );
}

test("everything is copied: kinds, contents, modes, owners", async (t) => {
  const { output, failure } = copyUp((data) => {
    mkdirSync(join(data, "d/e"), { recursive: true });
    writeFileSync(join(data, "d/e/file"), "text\n");
    chmodSync(join(data, "d"), 0o500);
    writeFileSync(join(data, "empty"), "");
    chownSync(join(data, "empty"), 1000, 2000);
    chmodSync(join(data, "empty"), 0o6711);
    symlinkSync("d/e/file", join(data, "link"));
    execFileSync("mkfifo", ["-m", "622", join(data, "fifo")]);
    execFileSync("mknod", ["-m", "644", join(data, "null"), "c", "1", "3"]);
  }, "stat -f -c %T /data; cd /data; cat d/e/file; stat -c '%n %F %a %u:%g' . *; readlink link; echo > new && echo written");
  t.equal(failure, undefined);
  t.equal(
    output,
    `tmpfs
text
. directory 750 0:0
d directory 500 0:0
empty regular empty file 6711 1000:2000
fifo fifo 622 0:0
link symbolic link 777 0:0
null character special file 644 0:0
d/e/file
written
`,
  );
});

test("a large file is copied whole", async (t) => {
  const { output, failure } = copyUp(
    (data) => writeFileSync(join(data, "f"), Buffer.alloc(3_000_000, 7)),
    "wc -c < /data/f; md5sum < /data/f",
  );
  t.equal(failure, undefined);
  const sum = execFileSync("sh", ["-c", "head -c 3000000 /dev/zero | tr '\\0' '\\7' | md5sum"], { encoding: "utf8" });
  t.equal(output, `3000000\n${sum}`);
});

test("a file that has become a symlink since it was listed is not followed", async (t) => {
  const { failure } = copyUp(
    (data) => writeFileSync(join(data, "f"), "x"),
    "true",
    (data) => execFileSync("ln", ["-sf", "/etc/passwd", join(data, "f")]),
  );
  t.equal(failure, "mount tmpfs on /data: copy f: openat2: ELOOP");
});
