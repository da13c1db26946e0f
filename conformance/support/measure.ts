/** Runs cases against runtimes: each within its time, each cleaned up after. */

import { join } from "node:path";
import { type Requirement, Skip } from "./requirement.ts";
import { isNewer, type Runtime } from "./runtime.ts";
import { Subject } from "./subject.ts";

export interface Verdict {
  readonly requirement: Requirement;
  readonly runtime: Runtime;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed, or was skipped. */
  readonly why: string;
  /** A miss of what the specification asks for since a version that the runtime does not say to know. */
  readonly newer: boolean;
  readonly milliseconds: number;
  /** The runtime's command lines, with their exit codes and errors. */
  readonly commands: readonly string[];
}

export interface Options {
  /** Cases at a time. */
  readonly jobs: number;
  /** Seconds that a case may take. */
  readonly limit: number;
  /** Where the bundles of cases that fail are copied to; undefined: nowhere. */
  readonly keep?: string | undefined;
}

const active = new Set<Subject>();

/** Runs one case. Never rejects: whatever happens is the verdict. */
export async function judge(
  requirement: Requirement,
  runtime: Runtime,
  { limit, keep }: Pick<Options, "limit" | "keep">,
): Promise<Verdict> {
  const subject = new Subject(runtime);
  active.add(subject);
  const begin = Date.now();
  const verdict = (outcome: Verdict["outcome"], why = ""): Verdict => ({
    requirement,
    runtime,
    outcome,
    why,
    newer: outcome === "failed" && isNewer(requirement.since, runtime),
    milliseconds: Date.now() - begin,
    commands: [...subject.commands],
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limit} seconds`)), limit * 1000);
  });
  try {
    await Promise.race([requirement.check(subject), late]);
    return verdict("passed");
  } catch (error) {
    if (error instanceof Skip) return verdict("skipped", error.message);
    if (keep !== undefined) subject.keep(join(keep, runtime.name, requirement.id));
    return verdict("failed", error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
    await subject.discard();
    active.delete(subject);
  }
}

/** Runs all cases against all runtimes. @returns the verdicts, in the order of the cases, each told to `report` when it is there */
export async function measure(
  requirements: readonly Requirement[],
  runtimes: readonly Runtime[],
  options: Options,
  report: (verdict: Verdict) => void,
): Promise<Verdict[]> {
  const pairs = requirements.flatMap((requirement) => runtimes.map((runtime) => ({ requirement, runtime })));
  const verdicts: Verdict[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < pairs.length) {
      const index = next++;
      const { requirement, runtime } = pairs[index] as (typeof pairs)[number];
      const verdict = await judge(requirement, runtime, options);
      verdicts[index] = verdict;
      report(verdict);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  return verdicts;
}

/** Takes away what cases under way have made: for whoever ends the run early. */
export async function abandon(): Promise<void> {
  for (const subject of active) await subject.discard();
}
