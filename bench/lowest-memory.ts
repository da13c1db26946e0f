/**
 * `npm run bench:memory`: the lowest memory limit under which each runtime still runs a program that does nothing, and a shell.
 * A limit counts when the container ends well five times in a row. And what of a runtime is resident while it waits in the foreground.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
  for (const name of ["sh", "sleep", "true"]) symlinkSync("busybox", join(directory, "bin", name));
}

/** What starts a command where every runtime works. */
function inView(command: readonly string[]): [string, string[]] {
  const hidden = hiddenDirectory();
  const hide = hidden === null ? "" : `umount ${hidden} && `;
  const script = `mount --make-rprivate / && ${hide}exec "$@"`;
  return ["unshare", ["--mount", "sh", "-c", script, "sh", ...command]];
}

/** Whether the runtime runs the bundle under the limit, time after time. */
function runs(runtime: string, directory: string, name: string, args: readonly string[], limit: number): boolean {
  const bundle = join(directory, name);
  writeBundle(bundle, { rootfs: join(directory, "rootfs"), cgroup: `/${PREFIX}-${name}`, args });
  const file = join(bundle, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.linux.resources.memory = { limit, swap: limit };
  writeFileSync(file, JSON.stringify(config));
  const root = join(directory, "state");
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const command = [runtime, "--root", root, "run", "--bundle", bundle, `${PREFIX}-${name}`];
    const { status } = spawnSync(...inView(command), { timeout: 60_000 });
    if (status === 0) continue;
    spawnSync(runtime, ["--root", root, "delete", "--force", `${PREFIX}-${name}`]);
    return false;
  }
  return true;
}

/** Kilobytes of `run` and `exec` that are resident a while after their programs have begun to wait. */
async function resident(runtime: string, directory: string): Promise<number[]> {
  const bundle = join(directory, `waiting-${basename(runtime)}`);
  const id = `${PREFIX}-waiting-${basename(runtime)}`;
  writeBundle(bundle, { rootfs: join(directory, "rootfs"), cgroup: `/${id}`, args: ["/bin/sleep", "100"] });
  const command = [runtime, "--root", join(directory, `state-${basename(runtime)}`)];
  const figures: number[] = [];
  for (const words of [
    ["run", "--bundle", bundle, id],
    ["exec", id, "/bin/sleep", "100"],
  ]) {
    const { pid } = spawn(...inView([...command, ...words]), { stdio: "ignore" });
    await sleep(2000);
    figures.push(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]));
  }
  spawnSync(...inView([...command, "delete", "--force", id]));
  return figures;
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
    `| memory: lowest limit | ${Object.keys(runtimes).join(" | ")} |\n| --- | ---: | ---: | ---: |\n`,
  );
  for (const [title, args] of Object.entries(PROGRAMS)) {
    const figures = Object.entries(runtimes).map(([name, path]) => {
      const limit = path && lowest((bytes) => runs(path, directory, name, args, bytes));
      return limit === undefined || limit === "" ? "–" : `${limit / 1024} KiB`;
    });
    process.stdout.write(`| \`${title}\` | ${figures.join(" | ")} |\n`);
  }
  const waiting = await Promise.all(Object.values(runtimes).map((path) => (path ? resident(path, directory) : [])));
  for (const [index, title] of ["run", "exec"].entries()) {
    const figures = waiting.map((each) => (each[index] === undefined ? "–" : `${each[index]} KiB`));
    process.stdout.write(`| resident while \`${title}\` waits in the foreground | ${figures.join(" | ")} |\n`);
  }
} finally {
  await removeCgroups(PREFIX);
  rmSync(directory, { recursive: true, force: true });
}
