/**
 * `npm run bench:vm`: runt, crun and runc of the guest in test/vm side by side, on cgroup v2, with both cgroup managers. The guest
 * is emulated: its times mean nothing, the ratios within a round something.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { image, VM } from "../test/vm/image.ts";
import { ratio } from "./statistics.ts";

const RUNT = new URL("../dist/runt", import.meta.url).pathname;
const ROUNDS = Number(process.argv[2] ?? 15);
const RUNTIMES = ["runt", "crun", "runc"];
const PATHS = { cgroupfs: "/bench", systemd: "system.slice:bench:c" };

/** Every round runs each runtime with each manager, in an order of its own. The first round warms up. */
const SCRIPT = `
cd /var/tmp
for round in $(seq 0 ${ROUNDS}); do
  for what in $(shuf -e {cgroupfs,systemd}/{${RUNTIMES.join(",")}}); do
    manager=\${what%/*} runtime=\${what#*/} option=
    [ $manager = cgroupfs ] || option=--systemd-cgroup
    [ $runtime != runt ] || runtime=/mnt/host/runt
    before=$EPOCHREALTIME
    $runtime $option run --bundle /mnt/host/$manager bench >&2 || exit
    after=$EPOCHREALTIME
    echo "$round $what $before $after"
  done
done`;

/** A bundle that runs busybox's true, for each manager, and runt. */
function fill(share: string): void {
  cpSync(RUNT, join(share, "runt"));
  mkdirSync(join(share, "rootfs/bin"), { recursive: true });
  for (const name of ["proc", "dev", "sys"]) mkdirSync(join(share, "rootfs", name));
  cpSync("/bin/busybox", join(share, "rootfs/bin/true"), { dereference: true });
  for (const [manager, cgroupsPath] of Object.entries(PATHS)) {
    const bundle = join(share, manager);
    mkdirSync(bundle);
    execFileSync(RUNT, ["spec", "--bundle", bundle]);
    const config = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
    Object.assign(config.process, { terminal: false, args: ["/bin/true"] });
    config.root.path = "/mnt/host/rootfs";
    config.linux.cgroupsPath = cgroupsPath;
    writeFileSync(join(bundle, "config.json"), JSON.stringify(config));
  }
}

const share = mkdtempSync(join(tmpdir(), "runt-bench-vm-"));
try {
  fill(share);
  const guest = ["--share", share, "--timeout", "1800", "--", "bash", "-c", SCRIPT];
  const folder = await image();
  const env = { ...process.env, VM_DIR: folder };
  // One guest at a time on this machine, as the tests have it.
  const { stdout, stderr, status } = spawnSync("flock", [folder, join(VM, "vmrun"), ...guest], {
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the guest ends with ${status}: ${stderr}`);
  const times = new Map<string, number>();
  for (const line of stdout.trim().split("\n")) {
    const [round = "", what = "", before, after] = line.split(" ");
    times.set(`${round} ${what}`, (Number(after) - Number(before)) * 1000);
  }
  for (const manager of Object.keys(PATHS)) {
    const series = (runtime: string): number[] =>
      Array.from({ length: ROUNDS }, (_, index) => times.get(`${index + 1} ${manager}/${runtime}`) ?? Number.NaN);
    const against = (other: string): string => ratio(series("runt"), series(other)).toFixed(2);
    console.log(`run, ${manager}: runt ÷ crun ${against("crun")}, runt ÷ runc ${against("runc")}`);
  }
} finally {
  rmSync(share, { recursive: true });
}
