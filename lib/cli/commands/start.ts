/** `runt start`. */
import { startContainer } from "../../container/start.ts";
import type { Arguments, Globals } from "../arguments.ts";

export function run(args: Arguments<"start">, { root, warn }: Globals): number {
  startContainer(root, args["container-id"], warn);
  return 0;
}
