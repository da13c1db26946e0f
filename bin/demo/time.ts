/** How long a container takes, measured as the benchmark does it: Node would add more than the container needs. */
import type { Driver } from "../../bench/driver.ts";
import { inRounds, measured, reap, UNNAMED } from "../../bench/plan.ts";
import { total } from "../../bench/report.ts";
import { type Container, create, type Runtime, remove, run, start } from "../../bench/runtimes.ts";
import { quantile } from "../../bench/statistics.ts";

/** How many containers are made to know. */
export const ROUNDS = 20;

/** Milliseconds, as medians. */
export interface Lifetimes {
  /** From nothing until `start` says that the program runs. */
  readonly started: number;
  /** From nothing to nothing: the whole of `run`. */
  readonly gone: number;
}

/** Measures the life of a container whose program ends at once. */
export async function lifetimes(
  driver: Driver,
  runt: Runtime,
  container: Container,
  signal: AbortSignal,
): Promise<Lifetimes> {
  const plan = inRounds([runt], ROUNDS, (_, name) => [
    ...measured(name("create"), create(runt, container)),
    ...measured(name("start"), start(runt, container)),
    reap(container.pidFile),
    ...measured(UNNAMED, remove(runt, container)),
    ...measured(name("run"), run(runt, container)),
  ]);
  const samples = await driver.execute(plan, signal);
  const median = (...of: readonly string[]) => quantile(total({ of, measure: "wall" }, samples, runt.name), 0.5) / 1e6;
  return { started: median("create", "start"), gone: median("run") };
}
