/** `runt ps`. */
import { RuntimeError } from "../../base/errors.ts";
import { containerProcesses } from "../../container/processes.ts";
import { capture } from "../../process/capture.ts";
import { stat } from "../../sys/file.ts";
import type { Arguments, Globals } from "../arguments.ts";
import { print } from "../output.ts";
import { linesOf } from "../ps-lines.ts";

/** Not looked for in $PATH: engines call runt without one. */
const PS = ["/usr/bin/ps", "/bin/ps"];

export function run({ format, ...args }: Arguments<"ps">, { root }: Globals): number {
  const pids = containerProcesses(root, args["container-id"]);
  if (format === "json") {
    // Where there are none, engines are used to reading `null`.
    print(`${pids.length === 0 ? "null" : JSON.stringify(pids)}\n`);
    return 0;
  }
  const path = PS.find((each) => stat(each) !== undefined);
  if (path === undefined) {
    throw new RuntimeError(`the table is ps(1)'s, and there is no ${PS.join(" or ")}: --format json needs none`);
  }
  const options = args["ps-options"];
  print(linesOf(capture(path, options.length === 0 ? ["-ef"] : options), pids));
  return 0;
}
