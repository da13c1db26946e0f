/** `runt run`. */
import { runContainer } from "../../container/run.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { creation, failed } from "../creation.ts";

export function run(args: Arguments<"run">, globals: Globals): number {
  const { detach, keep, "no-subreaper": noSubreaper } = args;
  try {
    return runContainer({ ...creation(args, globals), detach, keep, noSubreaper });
  } catch (cause) {
    throw failed("runt run failed", cause);
  }
}
