/** `runt state`. */
import { containerState } from "../../container/state.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { print } from "../output.ts";

export function run(args: Arguments<"state">, { root }: Globals): number {
  print(`${JSON.stringify(containerState(root, args["container-id"]), null, 2)}\n`);
  return 0;
}
