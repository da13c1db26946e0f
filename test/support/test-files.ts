import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a test imports that makes containers, or starts an engine or a guest. */
const BIGGER = /from "(\.\.\/)+support\/|from "\.\/(compare|lanes|guest|measured)/;

/** The paths of all test files, from the top of the project. */
export function testFiles(): string[] {
  const paths = readdirSync("test", { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => join("test", path))
    .sort();
}

/** Whether a test needs nothing but Node: no container, engine or guest. */
export function isUnit(path: string): boolean {
  return !BIGGER.test(readFileSync(path, "utf8"));
}

/** The test files that `npm run check` runs. */
export function unitTests(): string[] {
  return testFiles().filter(isUnit);
}
