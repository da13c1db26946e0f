/** `npm run build`: schemas, bundle, engine, link. Makes dist/runt. */
import { mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { bundle } from "./build/bundle.ts";
import { engine } from "./build/engine.ts";
import { link } from "./build/link.ts";
import { generateSchemas } from "./build/schemas.ts";
import { has, needPackages, run } from "./build/tools.ts";

process.chdir(new URL("..", import.meta.url).pathname);

/** What goes into `runt --version`; a tree without git has no commit. */
async function constants(): Promise<Record<string, string>> {
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  const commit = await run("git", ["describe", "--always", "--dirty", "--abbrev=12"]).catch(() => "unknown");
  return { __VERSION__: JSON.stringify(version), __COMMIT__: JSON.stringify(commit.trim()) };
}

async function build(): Promise<void> {
  needPackages({ gcc: has.program("gcc"), "libc6-dev": has.header("stdio.h"), "musl-tools": has.program("musl-gcc") });
  needPackages({ "libseccomp-dev": has.library("libseccomp.a"), "libdbus-1-dev": has.library("libdbus-1.a") });
  await generateSchemas();
  await mkdir("dist", { recursive: true });
  const folder = await mkdtemp("dist/.build-");
  try {
    const script = `${folder}/runt.js`;
    await bundle("bin/runt.ts", script, await constants());
    await link(await engine(), script, folder, "dist/runt");
    // The lines that the stack of an internal error names.
    await rename(script, "dist/runt.js");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`dist/runt: ${((await stat("dist/runt")).size / 1e6).toFixed(2)} MB`);
}

await build().catch((error) => {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
});
