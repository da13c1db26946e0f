/** Symlinks of an image on the way to where something is mounted. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { scratch, uniqueName } from "../support/scratch.ts";
import { hostDirectory, mountIn } from "./mount-in.ts";
import { mountOn } from "./mountinfo.ts";
import { runIn } from "./run-steps.ts";

test("symlinks: followed inside the root, or taken for themselves", async (t) => {
  const host = hostDirectory();
  symlinkSync("file", join(host, "link"));
  const { output, failure } = mountIn(
    [
      { destination: "/followed", source: join(host, "link"), options: ["bind"] },
      { destination: "/link-to-tmp/x", source: join(host, "file"), options: ["bind"] },
      { destination: "/covered", source: join(host, "link"), options: ["bind", "src-nofollow", "dest-nofollow"] },
    ],
    "cat /followed; cat /tmp/x; readlink /covered",
    (root) => {
      symlinkSync("/tmp", join(root, "link-to-tmp"));
      symlinkSync("/nowhere", join(root, "covered"));
    },
  );
  t.equal(failure, undefined);
  t.equal(output, "of the host\nof the host\nfile\n");
});

test("procfs goes on no symlink of the image (CVE-2019-19921)", async (t) => {
  const root = join(scratch, uniqueName());
  mkdirSync(join(root, "evil"), { recursive: true });
  symlinkSync("evil", join(root, "proc"));
  const { failure } = runIn({ root: { path: root }, mounts: [{ destination: "/proc", type: "proc" }] }, "true");
  t.match(failure, /^mount proc on \/proc: a symlink is on the way that must not be followed/);
  t.same(readdirSync(join(root, "evil")), []);
});

test("a symlink in the image leads no mount out of the root (CVE-2021-30465)", async (t) => {
  const host = hostDirectory();
  const before = readFileSync("/proc/self/mountinfo", "utf8");
  const { root, output, failure } = mountIn(
    [{ destination: "/way/out/m", type: "tmpfs", options: ["mode=755"] }],
    "cat /proc/self/mountinfo",
    (root) => {
      mkdirSync(join(root, "way"));
      mkdirSync(join(root, host), { recursive: true });
      symlinkSync(`../../../../../../..${host}`, join(root, "way/out"));
    },
  );
  t.equal(failure, undefined);
  t.same(readdirSync(host), ["file"]);
  t.equal(mountOn(output, `${host}/m`).type, "tmpfs", "it is where the link leads inside the root");
  t.ok(existsSync(join(root, host, "m")));
  t.equal(readFileSync("/proc/self/mountinfo", "utf8"), before);
});
