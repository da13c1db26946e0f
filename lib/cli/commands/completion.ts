/** `runt completion`, and what its scripts ask for. */
import { COMPLETION } from "runt:help";
import { listIds } from "../../state/store.ts";
import type { Arguments } from "../arguments.ts";
import { candidates } from "../candidates.ts";
import { print } from "../output.ts";
import { parse } from "../parse.ts";

export function run({ shell = "bash" }: Arguments<"completion">): number {
  print(COMPLETION[shell] ?? "");
  return 0;
}

/**
 * Prints what may stand in place of the last of `line`, a word a line.
 * @param line the command line from the program's name on
 * @param rootOf what --root means
 */
export function answer(line: readonly string[], rootOf: (given: string | undefined) => string): number {
  const words = line.slice(1);
  const containers = (): readonly string[] => {
    try {
      return listIds(rootOf(parse(words).globals.root));
    } catch {
      // Whom the state root is closed to gets nothing offered, and no error into the line being written.
      return [];
    }
  };
  print(
    candidates(words, containers)
      .map((word) => `${word}\n`)
      .join(""),
  );
  return 0;
}
