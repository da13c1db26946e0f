/** What a run of tap has found, read from the TAP that it wrote. */
import { Parser, type Result } from "tap-parser";

export interface FileResults {
  pass: number;
  skip: number;
  /** The full names of what failed: `test/state/kill.test.ts > SIGTERM > exit status`. */
  readonly failed: string[];
}

/** A file that took too long is told by tap in a test point of its own, with the file's name as what has expired. */
const fullName = ({ fullname, diag }: Result) =>
  typeof diag?.expired === "string" && fullname === "timeout!" ? `${diag.expired} > timeout` : fullname;

/** Results by test file. `tap`: what `tap run --output-file` has written, cut off perhaps. */
export function resultsByFile(tap: string): Map<string, FileResults> {
  const results = new Map<string, FileResults>();
  const of = (point: Result) => {
    const [file = ""] = fullName(point).split(" > ");
    const known = results.get(file) ?? { pass: 0, skip: 0, failed: [] };
    results.set(file, known);
    return known;
  };
  const parser = new Parser();
  parser.on("pass", (point) => of(point).pass++);
  for (const event of ["skip", "todo"] as const) parser.on(event, (point) => of(point).skip++);
  parser.on("fail", (point) => of(point).failed.push(fullName(point)));
  parser.end(tap);
  return results;
}
