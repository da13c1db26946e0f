/** What the tests of cache.ts run in the engine: a profile as JSON in argv[1], the state root in argv[2]; the filter on the standard output. */
import { compileSeccomp } from "../../lib/seccomp/cache.ts";
import { argv } from "../../lib/sys/ffi.ts";
import { write } from "../../lib/sys/file.ts";

export function main(): number {
  const [, text = "", root = ""] = argv;
  const { filter } = compileSeccomp(JSON.parse(text), root);
  write(1, filter);
  return 0;
}
