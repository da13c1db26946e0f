/**
 * `npm run bench:memory`: the lowest memory limit under which each runtime still runs a program that does nothing, and a shell.
 * A limit counts when the container ends well five times in a row.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBundle } from "./bundles.ts";
import { hiddenDirectory, removeCgroups } from "./cgroups.ts";
import { locate } from "./runtimes.ts";

const PAGE = 4096;
const HIGHEST = 64 << 20;
const TRIES = 5;
const PREFIX = `runt-bench-memory-${process.pid}`;

/** What /program and a shell of busybox are asked to do. */
const PROGRAMS = { "/bin/true": ["/bin/true"], "sh -c true": ["/bin/sh", "-c", "true"] };

const BUILT = new URL("../dist/runt", import.meta.url).pathname;

/** A root file system of busybox. */
function makeRootfs(directory: string): void {
  for (const folder of ["bin", "dev", "proc", "sys"]) mkdirSync(join(directory, folder), { recursive: true });
  cpSync("/bin/busybox", join(directory, "bin/busybox"), { dereference: true });
  for (const name of ["sh", "true"]) symlinkSync("busybox", join(directory, "bin", name));
}

/** Whether the runtime runs the bundle under the limit, time after time. */
function runs(runtime: string, directory: string, name: string, args: readonly string[], limit: number): boolean {
  const bundle = join(directory, name);
  writeBundle(bundle, { rootfs: join(directory, "rootfs"), cgroup: `/${PREFIX}-${name}`, args });
  const file = join(bundle, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.linux.resources.memory = { limit, swap: limit };
  writeFileSync(file, JSON.stringify(config));
  const hidden = hiddenDirectory();
  const hide = hidden === null ? "" : `umount ${hidden} && `;
  const root = join(directory, "state");
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const command = [runtime, "--root", root, "run", "--bundle", bundle, `${PREFIX}-${name}`];
    const script = `mount --make-rprivate / && ${hide}exec "$@"`;
    const { status } = spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", ...command], { timeout: 60_000 });
    if (status === 0) continue;
    spawnSync(runtime, ["--root", root, "delete", "--force", `${PREFIX}-${name}`]);
    return false;
  }
  return true;
}

/** The lowest limit in bytes, in steps of a page: above it, up to the highest that is tried, everything is taken to run. */
function lowest(check: (limit: number) => boolean): number | undefined {
  if (!check(HIGHEST)) return undefined;
  let [fails, works] = [0, HIGHEST / PAGE];
  while (works - fails > 1) {
    const middle = Math.floor((fails + works) / 2);
    if (check(middle * PAGE)) works = middle;
    else fails = middle;
  }
  return works * PAGE;
}

const directory = mkdtempSync(join(tmpdir(), "runt-bench-"));
try {
  makeRootfs(join(directory, "rootfs"));
  const runtimes = { runt: BUILT, crun: locate("crun"), runc: locate("runc") };
  process.stdout.write(
    `| lowest memory limit | ${Object.keys(runtimes).join(" | ")} |\n| --- | ---: | ---: | ---: |\n`,
  );
  for (const [title, args] of Object.entries(PROGRAMS)) {
    const figures = Object.entries(runtimes).map(([name, path]) => {
      const limit = path && lowest((bytes) => runs(path, directory, name, args, bytes));
      return limit === undefined || limit === "" ? "–" : `${limit / 1024} KiB`;
    });
    process.stdout.write(`| \`${title}\` | ${figures.join(" | ")} |\n`);
  }
} finally {
  await removeCgroups(PREFIX);
  rmSync(directory, { recursive: true, force: true });
}
