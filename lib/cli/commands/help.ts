/** `runt help`, `--help`, and what follows a usage error. */
import { HELP } from "runt:help";
import type { Arguments, CommandName } from "../arguments.ts";
import { print } from "../output.ts";
import { commandNamed } from "../parse.ts";

export function run({ command }: Arguments<"help">): number {
  print(helpOf(command === undefined ? undefined : commandNamed(command)));
  return 0;
}

/** Two lines for someone who has mistyped: the command's synopsis, and where to read more. */
export function usage(command: CommandName | undefined): string {
  const [synopsis] = helpOf(command).split("\n", 1);
  return `usage: ${synopsis}\ntry "runt ${command === undefined ? "" : `${command} `}--help"\n`;
}

/** The text for the command, or for runt itself. */
function helpOf(command: CommandName | undefined): string {
  return HELP[command ?? ""] ?? "";
}
