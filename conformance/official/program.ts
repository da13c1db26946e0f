/** One validation program of opencontainers/runtime-tools, run against one runtime, and cleaned up after. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { t } from "tap";
import { clear } from "../../test/support/clear.ts";
import { PATH, run } from "../../test/support/command.ts";
import { scratch, uniqueName } from "../../test/support/scratch.ts";
import type { Runtime } from "../support/runtime.ts";

export interface Outcome {
  readonly program: string;
  readonly runtime: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** It ended by itself, and said nothing bad of its own. */
  readonly whole: boolean;
}

/** The programs that the user has built: `validation/kill/kill.t`. */
export function programs(checkout: string): string[] {
  return readdirSync(join(checkout, "validation"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".t"))
    .map((name) => join(checkout, "validation", name))
    .sort();
}

/**
 * Runs a program through tap.
 * @param limit seconds that it may take
 * @param known why a failure of it is the suite's own: then it does not count
 */
export async function validate(
  checkout: string,
  program: string,
  runtime: Runtime,
  limit: number,
  known?: string,
): Promise<Outcome> {
  const name = basename(program, ".t");
  // What the program and the runtime make lies here, and is found by this name.
  const place = join(scratch, uniqueName());
  const root = join(place, "state");
  const wrapper = join(place, runtime.name);
  mkdirSync(join(place, "tmp"), { recursive: true });
  // The suite knows no --root; without one, a container of its would be among the machine's own.
  writeFileSync(wrapper, `#!/bin/sh\nexec "${runtime.path}" --root "${root}" "$@"\n`, { mode: 0o755 });

  const spawned = t.spawn(program, [], {
    name: `${runtime.name}: ${name}`,
    cwd: checkout,
    env: { PATH, RUNTIME: wrapper, TMPDIR: join(place, "tmp"), HOME: "/root" },
    timeout: limit * 1000,
    stdio: [0, "pipe", "pipe"],
    ...(known !== undefined && { todo: known }),
  });
  const subtest = spawned.subtest;
  await spawned;
  const results = subtest?.results;
  await remove(runtime, root, place);
  return {
    program: name,
    runtime: runtime.name,
    passed: results?.pass ?? 0,
    failed: (results?.fail ?? 0) + (results?.todo ?? 0),
    skipped: results?.skip ?? 0,
    whole: results?.ok ?? false,
  };
}

/** Takes away the containers that the program has left, then all that has the place's name. */
async function remove(runtime: Runtime, root: string, place: string): Promise<void> {
  const ids = await run(["ls", root]).then(({ stdout }) => stdout.split("\n").filter(Boolean));
  for (const id of ids) {
    await run([runtime.path, "--root", root, "delete", "--force", id], { timeout: 10_000 }).catch(() => undefined);
  }
  await clear(basename(place));
  rmSync(place, { recursive: true, force: true });
}
