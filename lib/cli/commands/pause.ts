/** `runt pause`. */
import { pauseContainer } from "../../container/pause.ts";
import type { Arguments, Globals } from "../arguments.ts";

export function run(args: Arguments<"pause">, { root }: Globals): number {
  pauseContainer(root, args["container-id"]);
  return 0;
}
