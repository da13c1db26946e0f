/** `runt create`. */
import { RuntimeError } from "../../base/errors.ts";
import { createContainer } from "../../container/create.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { creation } from "../creation.ts";

export function run(args: Arguments<"create">, globals: Globals): number {
  try {
    createContainer(creation(args, globals));
  } catch (cause) {
    throw new RuntimeError("runt create failed", { cause });
  }
  return 0;
}
