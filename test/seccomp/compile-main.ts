/** What the tests of compile.ts run in the engine: a profile as JSON in argv[1], its filter on the standard output. */
import { describe } from "../../lib/base/errors.ts";
import { compile } from "../../lib/seccomp/compile.ts";
import { argv } from "../../lib/sys/ffi.ts";
import { write } from "../../lib/sys/file.ts";

export function main(): number {
  const [, text = ""] = argv;
  // JSON has no bigint: the tests write one as "1n".
  const profile = JSON.parse(text, (_, value) => (/^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value));
  try {
    write(1, compile(profile));
    return 0;
  } catch (error) {
    write(2, describe(error));
    return 1;
  }
}
