/**
 * `npm test`: installs what the tests need, builds, runs every test through tap, and then looks at what they have left on
 * the machine. Its last line is `N passed, N failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { has, needPackages } from "../../bin/build/tools.ts";
import { leftovers, look, takeAway } from "./leftovers.ts";
import { type FileResults, resultsByFile } from "./results.ts";
import { scratch, uniqueName } from "./scratch.ts";
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

const GUEST = "test/vm/vm.test.ts";

/** Test files that run together. */
interface Batch {
  readonly files: readonly string[];
  /** Seconds for a file. */
  readonly timeout: number;
}

/** The tests in the guest, whose emulation would slow down all others, run after them. */
function batches(chosen: readonly string[]): Batch[] {
  if (chosen.length > 0) return [{ files: chosen, timeout: 900 }];
  const containers = testFiles().filter((path) => path !== GUEST && !isUnit(path));
  return [
    { files: ["test/support/unit.ts", ...containers], timeout: 900 },
    { files: [GUEST], timeout: 3000 },
  ];
}

/** Runs a batch through tap. @returns what each file has found */
function test({ files, timeout }: Batch): Map<string, FileResults> {
  const output = join(scratch, `results-${uniqueName()}.tap`);
  const options = ["--jobs=2", `--timeout=${timeout}`, "--reporter=terse", `--output-file=${output}`];
  const ended = runs("npx", ["tap", "run", ...options, ...files]);
  const found = resultsByFile(readFileSync(output, "utf8"));
  // A runner that fails without a failed test has not run them all.
  if (!ended && failures(found).length === 0) found.set("", { pass: 0, skip: 0, failed: ["tap itself"] });
  return found;
}

const failures = (results: Map<string, FileResults>) => [...results.values()].flatMap(({ failed }) => failed);

/**
 * Some tests ask what holds only if the machine answers soon, and two files run at once. So a file that failed has a
 * second try by itself, which counts; that it needed one is told. Where many fail it is not the machine; the guest has tries of its own.
 */
function tryAgain(results: Map<string, FileResults>): void {
  const files = [...results].filter(([file, { failed }]) => failed.length > 0 && file !== GUEST).map(([file]) => file);
  if (files.length > 3 || !files.every((file) => existsSync(file))) return;
  for (const file of files) {
    console.log(`once more, by itself: ${file}`);
    for (const [name, result] of test({ files: [file], timeout: 900 })) results.set(name, result);
  }
}

async function suite(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error("the tests make containers: they want root");
  needPackages(PACKAGES);
  if (!runs("npm", ["run", "build", "--silent"])) throw new Error("the build failed");

  const before = await look();
  // The test files share one directory, and what they leave is known by its name.
  process.env.RUNT_TEST_DIR = scratch;
  const results = new Map(batches(process.argv.slice(2)).flatMap((batch) => [...test(batch)]));
  for (const name of failures(results)) console.log(`failed: ${name}`);
  tryAgain(results);
  const left = await leftovers(before);
  await takeAway();

  for (const line of left) console.log(`left behind: ${line}`);
  const sum = (name: "pass" | "skip") => [...results.values()].reduce((total, result) => total + result[name], 0);
  const failed = failures(results).length + left.length;
  console.log(`${sum("pass")} passed, ${failed} failed, ${sum("skip")} skipped`);
  process.exitCode = failed === 0 && sum("pass") > 0 ? 0 : 1;
}

await suite().catch((error) => {
  console.error(error.message);
  console.log("0 passed, 1 failed, 0 skipped");
  process.exitCode = 1;
});
