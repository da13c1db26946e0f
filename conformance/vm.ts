/**
 * The suite in the guest of test/vm, which has cgroup v2 alone, against runt and the runc and crun that are installed there:
 *
 *     npm run conformance:vm -- [--only TEXT]... [--jobs N]
 *
 * prints what conformance/main.ts prints, and ends as it does. The guest is emulated: a case takes 20 to 40 times as long.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleForGuest } from "../test/vm/bundle.ts";
import { image, VM } from "../test/vm/image.ts";

const RUNT = new URL("../dist/runt", import.meta.url).pathname;
const RUNTIMES = ["/mnt/host/runt", "runc", "crun"].flatMap((path) => ["--runtime", path]);
const ENVIRONMENT = ["RUNT_TEST_PATIENCE=10", "TMPDIR=/var/tmp"];
const NODE = ["node", "--jitless", "/mnt/host/main.mjs"];

const share = mkdtempSync(join(tmpdir(), "runt-conformance-vm-"));
try {
  cpSync(RUNT, join(share, "runt"));
  await bundleForGuest([join(import.meta.dirname, "main.ts")], import.meta.dirname, share);
  const folder = await image();
  const suite = ["env", ...ENVIRONMENT, ...NODE, ...RUNTIMES, "--limit", "900", ...process.argv.slice(2)];
  const guest = [join(VM, "vmrun"), "--timeout", "14400", "--share", share, "--", ...suite];
  // One guest at a time on this machine, as the tests have it.
  process.exitCode =
    spawnSync("flock", [folder, ...guest], { stdio: "inherit", env: { ...process.env, VM_DIR: folder } }).status ?? 1;
} finally {
  rmSync(share, { recursive: true });
}
