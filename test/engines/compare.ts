/**
 * What people do with an engine, done with runc and with runt as its runtime, on this machine and at the same time. A step has
 * to end as it says; one that runc fails too is the machine's, is told as a skip, and must then fail in the same way.
 */
import { appendFileSync } from "node:fs";
import { type Test, test } from "tap";
import { type Result, RUNT } from "../support/command.ts";
import { type World, world } from "./world.ts";

export interface Step {
  readonly name: string;
  /** For bash: `$E` is the engine's command line, `$I` the image, `$C` a name for a container, `$D` a directory for files. */
  readonly script: string | Act;
  /** What it prints on both streams together. */
  readonly expect: RegExp | string;
  /** Its exit status, 0 if left out. */
  readonly code?: number;
}

/** What is done with an engine that is no command. @returns what a script would print */
export type Act = (environment: Readonly<Record<string, string>>) => Promise<string>;

/** An engine: starts in a world with a runtime, and says how its command line begins. */
export interface Engine {
  readonly name: string;
  /** @returns the environment of its steps, with E and I; with AS, what begins the command line of a program that is run as another user */
  start(world: World, runtime: string): Promise<Record<string, string>>;
  /** What it prints at times, with either runtime, where a step should have gone well: the step is then done again. */
  readonly atTimes?: RegExp;
}

/** Where the rows of the table in docs/engines.md are collected, if anywhere. */
const TABLE = process.env.RUNT_ENGINES_TABLE;

const RUNTIMES = { runc: process.env.RUNC ?? "/usr/sbin/runc", runt: RUNT };

/** How often a step is done again that fails by the engine's fault. */
const ATTEMPTS = 3;

interface Peer {
  readonly world: World;
  readonly env: Record<string, string>;
}

/** Runs the steps one after another, each with both runtimes at once, and at the end asks that nothing of them is left. */
export function compare(engine: Engine, steps: readonly Step[]): void {
  test(engine.name, { timeout: 900_000 }, async (t) => {
    const [runc, runt] = await Promise.all([peer(t, engine, RUNTIMES.runc), peer(t, engine, RUNTIMES.runt)]);
    for (const [index, step] of steps.entries())
      await t.test(step.name, (t) => one(t, step, index, { runc, runt }, engine));
    t.same(await runtimeRemains(runt), [], "no state of a container is left");
  });
}

async function peer(t: Test, engine: Engine, runtime: string): Promise<Peer> {
  const place = await world(t);
  return { world: place, env: { D: place.directory, ...(await engine.start(place, runtime)) } };
}

async function one(t: Test, step: Step, index: number, { runc, runt }: { runc: Peer; runt: Peer }, engine: Engine) {
  const run = async ({ world, env }: Peer): Promise<Result> => {
    for (let attempt = 0; ; attempt++) {
      const result = await perform(step, world, { ...env, C: `c${index}${"-again".repeat(attempt)}` });
      const isEngines = !right(step, result) && engine.atTimes?.test(result.stdout.trim());
      if (!isEngines || attempt === ATTEMPTS) return result;
      t.comment(`done again, for the engine said ${JSON.stringify(result.stdout)}`);
    }
  };
  const [theirs, ours] = await Promise.all([run(runc), run(runt)]);
  const works = right(step, ours);
  const worksThere = right(step, theirs);
  if (TABLE) appendFileSync(TABLE, `${JSON.stringify([engine.name, step.name, worksThere, works])}\n`);
  const details = { script: String(step.script), expect: String(step.expect), runt: told(ours), runc: told(theirs) };
  if (!worksThere && !works) {
    t.ok(true, "runc fails too", { skip: `the machine's: runc says ${JSON.stringify(theirs.stdout.slice(-300))}` });
    if (process.env.RUNT_ENGINES_VERBOSE) console.error(step.name, details);
    return;
  }
  t.ok(works, worksThere ? "as with runc" : "though not with runc", works ? {} : details);
}

async function perform({ script }: Step, world: World, env: Record<string, string>): Promise<Result> {
  if (typeof script === "string") {
    const all = `exec 2>&1\n${script}`;
    return env.AS === undefined
      ? world.run(all, env)
      : world.run('exec $AS bash -c "$SCRIPT"', { ...env, SCRIPT: all });
  }
  try {
    return { code: 0, stdout: await script(env), stderr: "" };
  } catch (error) {
    return { code: 1, stdout: error instanceof Error ? error.message : String(error), stderr: "" };
  }
}

function right({ expect, code = 0 }: Step, result: Result): boolean {
  const output = result.stdout.replace(/\r|\^@/g, "").trim();
  return result.code === code && (typeof expect === "string" ? output === expect : expect.test(output));
}

function told({ code, stdout }: Result): string {
  return `${code}: ${stdout}`;
}

/** Where runt keeps its state when nobody says otherwise: in the world's own /run, or the user's directory. */
async function runtimeRemains({ world, env }: Peer): Promise<string[]> {
  const { stdout } = await world.run("ls /run/runt; [ -z $XDG_RUNTIME_DIR ] || ls $XDG_RUNTIME_DIR/runt", env);
  return stdout.split("\n").filter(Boolean);
}
