/**
 * `npm test`: installs what the tests need, builds, runs every test through tap, and then looks at what they have left on
 * the machine. Its last line is `N passed, N failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { has, needPackages } from "../../bin/build/tools.ts";
import { leftovers, look, takeAway } from "./leftovers.ts";
import { scratch } from "./scratch.ts";
import { isUnit, testFiles } from "./test-files.ts";

const PACKAGES = {
  "busybox-static": existsSync("/var/lib/dpkg/info/busybox-static.list"),
  gcc: has.program("gcc"),
  "libc6-dev": has.header("stdio.h"),
  strace: has.program("strace"),
  "qemu-user-static": has.program("qemu-aarch64-static"),
  // The engines that are tried with runt, and what they need.
  podman: has.program("podman"),
  buildah: has.program("buildah"),
  containerd: has.program("containerd"),
  "docker.io": existsSync("/usr/sbin/dockerd") && existsSync("/usr/bin/docker"),
  runc: has.program("runc"),
  "containernetworking-plugins": existsSync("/usr/lib/cni/bridge"),
  iptables: has.program("iptables"),
  catatonit: has.program("catatonit"),
  tini: existsSync("/usr/bin/tini-static"),
  "fuse-overlayfs": has.program("fuse-overlayfs"),
  uidmap: has.program("newuidmap"),
};

/** Runs a program that shares our output. @returns whether it succeeded */
function runs(program: string, args: readonly string[]): boolean {
  const { status } = spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"] });
  return status === 0;
}

interface Counts {
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
}

/** The numbers of a TAP file's last summary: `# { total: 5, pass: 4, skip: 1 }`. */
function counts(tap: string): Counts {
  const summary = tap.match(/^# \{ total: .*\}$/gm)?.at(-1) ?? "";
  const count = (name: string) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(summary)?.[1] ?? 0);
  return { pass: count("pass"), fail: count("fail"), skip: count("skip") + count("todo") };
}

/** Test files that run together. */
interface Batch {
  readonly files: readonly string[];
  /** Seconds for a file. */
  readonly timeout: number;
}

/** The tests in the guest, whose emulation would slow down all others, run after them. */
function batches(chosen: readonly string[]): Batch[] {
  if (chosen.length > 0) return [{ files: chosen, timeout: 900 }];
  const guest = "test/vm/vm.test.ts";
  const containers = testFiles().filter((path) => path !== guest && !isUnit(path));
  return [
    { files: ["test/support/unit.ts", ...containers], timeout: 900 },
    { files: [guest], timeout: 2400 },
  ];
}

/** Runs a batch through tap. */
function test({ files, timeout }: Batch, index: number): Counts {
  const output = join(scratch, `results-${index}.tap`);
  const options = ["--jobs=2", `--timeout=${timeout}`, "--reporter=terse", `--output-file=${output}`];
  const ended = runs("npx", ["tap", "run", ...options, ...files]);
  const found = counts(readFileSync(output, "utf8"));
  // A runner that fails without a failed test has not run them all.
  return ended || found.fail > 0 ? found : { ...found, fail: 1 };
}

async function suite(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error("the tests make containers: they want root");
  needPackages(PACKAGES);
  if (!runs("npm", ["run", "build", "--silent"])) throw new Error("the build failed");

  const before = await look();
  // The test files share one directory, and what they leave is known by its name.
  process.env.RUNT_TEST_DIR = scratch;
  const results = batches(process.argv.slice(2)).map(test);
  const left = await leftovers(before);
  await takeAway();

  for (const line of left) console.log(`left behind: ${line}`);
  const sum = (name: keyof Counts) => results.reduce((total, counts) => total + counts[name], 0);
  const pass = sum("pass");
  const failed = sum("fail") + left.length;
  const skip = sum("skip");
  console.log(`${pass} passed, ${failed} failed, ${skip} skipped`);
  process.exitCode = failed === 0 && pass > 0 ? 0 : 1;
}

await suite().catch((error) => {
  console.error(error.message);
  console.log("0 passed, 1 failed, 0 skipped");
  process.exitCode = 1;
});
