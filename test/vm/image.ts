/** The guest image of the lane: built once by mkimage, kept in the user's cache until what it is built from changes. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { mirror } from "../../bin/build/mirror.ts";
import { has, needPackages } from "../../bin/build/tools.ts";

export const VM = import.meta.dirname;

const QEMU = process.arch === "arm64" ? "qemu-system-aarch64" : "qemu-system-x86_64";

const PACKAGES = {
  [process.arch === "arm64" ? "qemu-system-arm" : "qemu-system-x86"]: has.program(QEMU),
  "qemu-utils": has.program("qemu-img"),
  mmdebstrap: has.program("mmdebstrap"),
  e2fsprogs: has.program("mke2fs"),
  "xz-utils": has.program("xz"),
  zstd: has.program("zstd"),
  cpio: has.program("cpio"),
};

/** Images that nobody has used for so long are removed, in milliseconds. */
const KEPT = 7 * 24 * 3600 * 1000;

/** Why there can be no guest on this machine, or false. Installs what is missing. */
export function unavailable(): string | false {
  try {
    needPackages(PACKAGES);
    return false;
  } catch (error) {
    return `needs an emulator: ${error instanceof Error ? error.message : error}`;
  }
}

/** The directory of the image, which is built first if need be: about a minute. @throws Error that says why there can be none */
export async function image(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "runt/vm");
  const folder = join(cache, key());
  mkdirSync(cache, { recursive: true });
  removeOld(cache);
  if (!existsSync(folder)) {
    const building = `${folder}.${process.pid}`;
    console.error(`tests: the image of a cgroup v2 guest, once, into ${folder}`);
    try {
      const options = { encoding: "utf8", maxBuffer: 1 << 26 } as const;
      const { status, stderr } = spawnSync(join(VM, "mkimage"), [building, await mirror()], options);
      if (status !== 0) throw new Error(`mkimage fails: ${stderr.trim().split("\n").slice(-20).join("\n")}`);
      // Where another run was faster, its image is as good.
      if (!existsSync(folder)) renameSync(building, folder);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** Of all that the image and its snapshot are made from. */
function key(): string {
  const guest = readdirSync(join(VM, "guest")).filter((name) => !name.endsWith(".ts"));
  const files = ["mkimage", "vmrun", ...guest.sort().map((name) => join("guest", name))];
  const { stdout } = spawnSync(QEMU, ["--version"], { encoding: "utf8" });
  const hash = createHash("sha256").update(stdout);
  for (const file of files) hash.update(readFileSync(join(VM, file)));
  return hash.digest("hex").slice(0, 12);
}

function removeOld(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT) rmSync(path, { recursive: true, force: true });
  }
}
