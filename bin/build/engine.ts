/**
 * QuickJS, the engine: built once from Debian's source package, kept outside the tree in the user's cache. Debian's own binary
 * package is built so hardened that loops take three times as long.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { mirror } from "./mirror.ts";
import { has, needPackages, run } from "./tools.ts";

/** What the link needs: the folder of quickjs.h, and libquickjs.a. */
export interface Engine {
  readonly include: string;
  readonly library: string;
}

const VERSION = "2025.04.26";
/** The Debian release whose source package has this version. */
const RELEASE = "trixie";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * gcc with musl in place of glibc. A program with glibc begins by asking the processor some thirty times what it is, by an
 * instruction that a virtual machine's host must answer: half of the time that a short command takes.
 */
export const COMPILER = "musl-gcc";
/** QuickJS asks for -fwrapv; sections let the linker leave out what runt never calls. */
const FLAGS = ["-O2", "-fPIE", "-fwrapv", "-ffunction-sections", "-fdata-sections", "-w"];
const DEFINES = ["-D_GNU_SOURCE", `-DCONFIG_VERSION="${VERSION}"`];
/** What is changed in it, one after the other; each says why. */
const PATCHES = ["immortal", "relative", "common", "unchecked"].map(
  (name) => new URL(`${name}.patch`, import.meta.url).pathname,
);
/** Without quickjs-libc: what it gives to scripts, lib/sys gives. */
const SOURCES = ["quickjs", "libregexp", "libunicode", "cutils", "dtoa"];

/** The engine, built when the cache does not have it: some 30 seconds, once. Two builds at a time do not disturb each other. */
export async function engine(): Promise<Engine> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "runt");
  const version = await run(COMPILER, ["-dumpfullversion"]);
  const patches = await Promise.all(PATCHES.map((path) => readFile(path, "utf8")));
  const key = createHash("sha256")
    .update(JSON.stringify([COMPILER, version, FLAGS, DEFINES, patches]))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cache, `quickjs-${VERSION}-${key}`);
  const found: Engine = { include: folder, library: join(folder, "libquickjs.a") };
  if (existsSync(folder)) return found;

  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "building-"));
  try {
    console.error(`build: QuickJS ${VERSION}, once, into ${folder}`);
    const source = await fetchSource(work);
    const product = join(work, "product");
    await mkdir(product);
    await compile(source, product);
    await rename(product, folder).catch((error) => {
      // Another build was faster: what it put there is the same.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return found;
}

/** Fetches and unpacks the source package by apt, with a source list of its own: the unpacked folder. */
async function fetchSource(work: string): Promise<string> {
  needPackages({
    "debian-archive-keyring": existsSync(KEYRING),
    "dpkg-dev": has.program("dpkg-source"),
    patch: has.program("patch"),
    "xz-utils": has.program("xz"),
  });
  const list = join(work, "sources.list");
  await writeFile(list, `deb-src [signed-by=${KEYRING}] ${await mirror()} ${RELEASE} main\n`);
  await mkdir(join(work, "lists/partial"), { recursive: true });
  await mkdir(join(work, "archives/partial"), { recursive: true });
  const options = Object.entries({
    "Dir::Etc::SourceList": list,
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State::Lists": join(work, "lists"),
    "Dir::Cache": work,
    // The folder is ours alone, which apt's own user could not write to.
    "APT::Sandbox::User": "root",
  }).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await run("apt-get", [...options, "update", "-q"]);
  await run("apt-get", [...options, "source", "--only-source", "quickjs"], work);
  const source = (await readdir(work)).find((name) => name === `quickjs-${VERSION}`);
  if (source === undefined)
    throw new Error(`${RELEASE} has no quickjs ${VERSION} any more: bin/build/engine.ts names the version`);
  return join(work, source);
}

async function compile(source: string, product: string): Promise<void> {
  for (const path of PATCHES) await run("patch", ["--strip=1", `--input=${path}`], source);
  await Promise.all(SOURCES.map((name) => run(COMPILER, [...FLAGS, ...DEFINES, "-c", `${name}.c`], source)));
  const objects = SOURCES.map((name) => join(source, `${name}.o`));
  await run("ar", ["rcs", join(product, "libquickjs.a"), ...objects]);
  await run("cp", [join(source, "quickjs.h"), product]);
}
