/** An emulated guest is slow, and a test may be late in it: a file that failed is run again, alone in a new boot, which counts. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resultsByFile } from "../support/results.ts";
import type { FilledLane } from "./lanes.ts";

/** Where more fail, it is not the slowness. */
const MOST = 5;

/** The lanes with what of their files has failed, none where that is too much; `results`: the directory with the TAP of each worker. */
export function failedLanes(lanes: readonly FilledLane[], results: string): FilledLane[] {
  const failed = lanes.map((lane) => {
    const found = tapOf(lane, results).flatMap((path) => [...resultsByFile(readFileSync(path, "utf8"))]);
    const files = lane.files.filter((file) => found.some(([name, { failed }]) => name === file && failed.length > 0));
    return { ...lane, files };
  });
  const count = failed.reduce((sum, { files }) => sum + files.length, 0);
  return count > MOST ? [] : failed.filter(({ files }) => files.length > 0);
}

/** The paths of a lane's TAP. */
export function tapOf({ name }: FilledLane, results: string): string[] {
  const own = readdirSync(results).filter((file) => file.startsWith(`${name}-`));
  return own.map((file) => join(results, file));
}

/** In the TAP of the first try the files of `lane` have failed to no purpose: the second try says how they are. */
export function leaveToSecondTry(lane: FilledLane, results: string): void {
  for (const path of tapOf(lane, results)) {
    const parts = readFileSync(path, "utf8").split(/^(?=# Subtest: )/m);
    const marked = parts.map((part) =>
      lane.files.some((file) => part.startsWith(`# Subtest: ${file}\n`)) ? withoutFailures(part) : part,
    );
    writeFileSync(path, marked.join(""));
  }
}

/** All that failed in a part of a TAP file as something that is still to be done. */
function withoutFailures(tap: string): string {
  return tap.replace(/^( *not ok [^#\n]*?) *(?:# time=.*)?$/gm, "$1 # TODO tried once more");
}
