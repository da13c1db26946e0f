/** `runt version` and `--version`. */
import { OCI_VERSION } from "../../container/state.ts";
import { libseccompVersion } from "../../seccomp/version.ts";
import { print } from "../output.ts";

export function run(): number {
  // Docker looks for a line with "version" and one that begins with "commit:".
  print(
    `runt version ${__VERSION__}\ncommit: ${__COMMIT__}\nspec: ${OCI_VERSION}\nlibseccomp: ${libseccompVersion()}\n`,
  );
  return 0;
}
