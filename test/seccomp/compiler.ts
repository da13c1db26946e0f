/** Parts of lib/ that need the engine, made into a program of their own as the build makes runt. */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../bin/build/bundle.ts";
import { engine } from "../../bin/build/engine.ts";
import { link } from "../../bin/build/link.ts";
import { scratch } from "../support/scratch.ts";

/** Builds `entry`, a module of the tests that exports `main`, once for all test files: the path of the executable. */
export async function program(entry: URL): Promise<string> {
  const name = entry.pathname.replace(/^.*\//, "").replace(/\.m?[jt]s$/, "");
  const path = join(scratch, name);
  if (existsSync(path)) return path;
  const folder = `${path}-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  const script = join(folder, `${name}.js`);
  await bundle(entry.pathname, script, { __VERSION__: '"0"', __COMMIT__: '"test"' });
  await link(await engine(), script, folder, join(folder, name));
  renameSync(join(folder, name), path);
  return path;
}
