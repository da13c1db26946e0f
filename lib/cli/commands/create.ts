/** `runt create`. */
import { createContainer } from "../../container/create.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { creation, failed } from "../creation.ts";

export function run(args: Arguments<"create">, globals: Globals): number {
  try {
    createContainer(creation(args, globals));
  } catch (cause) {
    throw failed("runt create failed", cause);
  }
  return 0;
}
