/** `runt start`. */
import { startContainer } from "../../container/start.ts";
import type { Arguments, Globals } from "../arguments.ts";

export async function run(args: Arguments<"start">, { root, warn }: Globals): Promise<number> {
  await startContainer(root, args["container-id"], warn);
  return 0;
}
