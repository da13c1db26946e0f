/** One boot of the guest: what it is given, and what comes back. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { program } from "../seccomp/compiler.ts";
import { RUNT } from "../support/command.ts";
import { scratch, sharedRootfs, uniqueName } from "../support/scratch.ts";
import { systemCallNumbers } from "../support/syscalls.ts";
import { bundleTests } from "./bundle.ts";
import { VM } from "./image.ts";
import type { FilledLane } from "./lanes.ts";

/** Seconds that all lanes may take. */
const TIMEOUT = process.env.RUNT_VM_ALL ? 28_800 : 2400;

const TOP = join(VM, "../..");

/** What the guest is given: runt, the test files, and what tests make once for all, made here where there is a compiler. @returns a directory */
export async function share(lanes: readonly FilledLane[]): Promise<string> {
  const folder = join(scratch, uniqueName());
  mkdirSync(folder);
  cpSync(RUNT, join(folder, "runt"));
  cpSync(join(VM, "main.sh"), join(folder, "main.sh"));
  // Tests compare what runt says with them.
  for (const name of ["lib", "schemas"]) cpSync(join(TOP, name), join(folder, name), { recursive: true });
  await bundleTests([...new Set(lanes.flatMap(({ files }) => files))], join(folder, "tests"));
  const cgroupMain = await program(new URL("../cgroup/cgroup-main.ts", import.meta.url));
  for (const path of [sharedRootfs(), systemCallNumbers(), cgroupMain]) {
    cpSync(path, join(folder, "scratch", basename(path)), { recursive: true, verbatimSymlinks: true });
  }
  lanes.forEach(({ name, user, environment, files }, index) => {
    const lines = [
      `name=${name}`,
      `user=${user ? "yes" : "no"}`,
      `environment=(${environment.join(" ")})`,
      `files=(${files.map((file) => file.replace(/\.ts$/, ".mjs")).join(" ")})`,
    ];
    // They run in the order of these names.
    writeFileSync(join(folder, `${index}.lane`), `${lines.join("\n")}\n`);
  });
  return folder;
}

/**
 * Runs the lanes of a shared directory in the guest of `image`, one guest at a time on this machine.
 * @returns a directory with the TAP of each worker: `LANE-1.tap`, `LANE-2.tap`
 * @throws Error when the guest fails
 */
export async function runGuest(image: string, shared: string): Promise<string> {
  const results = join(scratch, uniqueName());
  mkdirSync(results);
  // Whoever kills the test ends the guest too: each of them ends with the one that has started it.
  const script =
    'set -o pipefail; results=$1; shift; setpriv --pdeathsig TERM flock --no-fork "$VM_DIR" "$@" | tar -x -C "$results"';
  const vmrun = [
    join(VM, "vmrun"),
    "--timeout",
    `${TIMEOUT}`,
    "--share",
    `${shared}:ro`,
    "--",
    "bash",
    "/mnt/host/main.sh",
  ];
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "bash", "-c", script, "bash", results, ...vmrun], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, VM_DIR: image },
  });
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (status !== 0) throw new Error(`the guest ends with ${status}`);
  return results;
}
