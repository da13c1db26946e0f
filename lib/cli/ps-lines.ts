/** What ps(1) prints of all processes, cut down to those of a container. */
import { RuntimeError } from "../base/errors.ts";

/**
 * The heading, and the lines whose column PID has one of `pids`.
 * @throws RuntimeError when there is no such column, `-o pid` was left out; and when it can't be told from those before it
 */
export function linesOf(output: string, pids: readonly number[]): string {
  const [heading = "", ...lines] = output.split("\n");
  const column = heading.trim().split(/\s+/).indexOf("PID");
  if (column < 0) throw new RuntimeError(`ps shows no column PID to find the container's processes by: ${heading}`);
  const ours = new Set(pids.map(String));
  const fieldOf = (line: string) => line.trim().split(/\s+/)[column] ?? "";
  const kept = lines.filter((line) => ours.has(fieldOf(line)));
  if (ours.size > 0 && kept.length === 0 && lines.some((line) => line !== "" && !/^\d+$/.test(fieldOf(line)))) {
    throw new RuntimeError("ps shows columns with blanks in them before the column PID: it must come before those");
  }
  return [heading, ...kept].map((line) => `${line}\n`).join("");
}
