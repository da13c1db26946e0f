/**
 * In the guest: runs test files one after the other, and tells in TAP how they went. Loading tap takes seconds there, so it is
 * done once; files that another worker has begun are left to it.
 *
 * worker.mjs CLAIMS FILE...: CLAIMS is the directory that the workers share, the files are named below test/.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import tap from "tap";
import { leftovers, look } from "../../support/leftovers.ts";
import { testFile } from "./tap.ts";

const [claims = "", ...files] = process.argv.slice(2);

/** Whether no other worker has begun the file: from now on it is ours. */
function claim(file: string): boolean {
  try {
    mkdirSync(join(claims, file.replaceAll("/", "_")));
    return true;
  } catch {
    return false;
  }
}

mkdirSync(claims, { recursive: true });
const before = await look();
for (const file of files) {
  if (!claim(file)) continue;
  const begun = Date.now();
  await testFile(file.replace(/\.mjs$/, ".ts"), new URL(`../../${file}`, import.meta.url).pathname);
  console.error(`${((Date.now() - begun) / 1000).toFixed(1)} s: ${file}`);
}
await tap.test("nothing is left in the guest", async (t) => t.strictSame(await leftovers(before), []));
