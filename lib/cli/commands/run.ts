/** `runt run`. */
import { RuntimeError } from "../../base/errors.ts";
import { runContainer } from "../../container/run.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { creation } from "../creation.ts";

export function run(args: Arguments<"run">, globals: Globals): number {
  const { detach, keep, "no-subreaper": noSubreaper } = args;
  try {
    return runContainer({ ...creation(args, globals), detach, keep, noSubreaper });
  } catch (cause) {
    throw new RuntimeError("runt run failed", { cause });
  }
}
