/** `runt resume`. */
import { resumeContainer } from "../../container/pause.ts";
import type { Arguments, Globals } from "../arguments.ts";

export function run(args: Arguments<"resume">, { root }: Globals): number {
  resumeContainer(root, args["container-id"]);
  return 0;
}
