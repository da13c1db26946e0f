/** What the tests of resctrl run in the engine: a function's name in argv[1], its arguments as JSON in argv[2]. */
import { describe } from "../../lib/base/errors.ts";
import { changeResctrl, joinResctrl, makeResctrl, removeResctrl } from "../../lib/resctrl/groups.ts";
import { argv } from "../../lib/sys/ffi.ts";
import { write } from "../../lib/sys/file.ts";

const FUNCTIONS = { changeResctrl, joinResctrl, makeResctrl, removeResctrl } as const;

export function main(): number {
  const [, name, text = "[]"] = argv;
  const called = FUNCTIONS[name as keyof typeof FUNCTIONS] as (...args: unknown[]) => void;
  try {
    called(...(JSON.parse(text) as unknown[]));
    return 0;
  } catch (error) {
    write(2, describe(error));
    return 1;
  }
}
