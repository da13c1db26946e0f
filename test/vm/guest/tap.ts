/** Stands for tap in the files that are tested in the guest: many files run in one process, each as a test of its own. */
import tap, { type Test } from "tap";

export type { Test };

/** Milliseconds for one file. */
const TIMEOUT = 3_600_000;

let file: Test | undefined;

/** Runs the test file at `path` as one test, called `name`. */
export function testFile(name: string, path: string): Promise<unknown> {
  return tap.test(name, { timeout: TIMEOUT }, async (t) => {
    file = t;
    await import(path);
  });
}

/** A test of the file that is loaded at present. */
export const test: Test["test"] = (...args: unknown[]) => {
  if (file === undefined) throw new Error("a test outside of a file");
  return Reflect.apply(file.test, file, args);
};
