/** What the tests of cgroups run in the engine: a function's name in argv[1], its arguments as JSON in argv[2]; the result as JSON. */
import { describe } from "../../lib/base/errors.ts";
import { applyBatches } from "../../lib/cgroup/apply.ts";
import { createCgroup } from "../../lib/cgroup/create.ts";
import { isPaused, pause, resume } from "../../lib/cgroup/freezer.ts";
import { placeCgroup } from "../../lib/cgroup/place.ts";
import { killAll, processes, signalAll } from "../../lib/cgroup/processes.ts";
import { removeCgroup } from "../../lib/cgroup/remove.ts";
import { updateCgroup } from "../../lib/cgroup/update.ts";
import { argv } from "../../lib/sys/ffi.ts";
import { write } from "../../lib/sys/file.ts";

const FUNCTIONS = {
  applyBatches,
  createCgroup,
  isPaused,
  killAll,
  pause,
  placeCgroup,
  processes,
  removeCgroup,
  resume,
  signalAll,
  updateCgroup,
} as const;

export function main(): number {
  const [, name, text = "[]"] = argv;
  const called = FUNCTIONS[name as keyof typeof FUNCTIONS] as (...args: unknown[]) => unknown;
  try {
    const result = called(...(JSON.parse(text) as unknown[]));
    write(1, JSON.stringify(result) ?? "null");
    return 0;
  } catch (error) {
    write(2, describe(error));
    return 1;
  }
}
