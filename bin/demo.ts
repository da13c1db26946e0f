/** `npm run demo`: a container of this machine's own files, how it differs from the machine, and how soon it is there. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { removeCgroups } from "../bench/cgroups.ts";
import { Driver, interruption } from "../bench/driver.ts";
import { attempted } from "../bench/plan.ts";
import { type Container, removeByForce, run, runtime } from "../bench/runtimes.ts";
import { writeBundle } from "./demo/bundle.ts";
import { comparison, parseFacts } from "./demo/facts.ts";
import { lifetimes, ROUNDS } from "./demo/time.ts";

const RUNT = new URL("../dist/runt", import.meta.url).pathname;
const FACTS = readFileSync(new URL("demo/facts.sh", import.meta.url), "utf8");

const BY_HAND = `By hand, as root:

  npm run demo -- --bundle /tmp/box      writes such a bundle: config.json and the root
  dist/runt run --bundle /tmp/box box    a shell in it, until you say exit
  dist/runt list                         meanwhile, from another terminal
`;

/** Writes a bundle to stay. @returns what there is to show */
function keep(directory: string): string {
  writeBundle(directory, "box", null);
  return `${join(directory, "config.json")}\n`;
}

/** Makes a container, then more to measure them; nothing of them stays. @returns what there is to show */
async function show(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "runt-demo-"));
  process.once("exit", () => rmSync(directory, { recursive: true }));
  const prefix = basename(directory);
  const bundle = (role: string, args: readonly string[]): Container => {
    const [id, path] = [`${prefix}-${role}`, join(directory, role)];
    writeBundle(path, id, args);
    return { id, bundle: path, pidFile: join(path, "pid") };
  };
  const [shown, timed] = [bundle("shown", ["sh", "-c", FACTS]), bundle("timed", ["true"])];
  const runt = runtime("runt", RUNT, { directory, state: join(directory, "state"), prefix });
  const driver = new Driver(directory, null);
  const signal = interruption();
  try {
    const [command = "", ...args] = run(runt, shown);
    const outside = execFileSync("sh", ["-c", FACTS], { encoding: "utf8" });
    const inside = execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    const { started, gone } = await lifetimes(driver, runt, timed, signal);
    return `
A container, and the machine that it is made of

${comparison(parseFacts(outside), parseFacts(inside))}

How long it takes (medians of ${ROUNDS} containers that run /usr/bin/true)

  until its program runs   ${started.toFixed(1)} ms
  made, run and removed    ${gone.toFixed(1)} ms

${BY_HAND}`;
  } finally {
    await driver.execute([shown, timed].flatMap((container) => attempted(removeByForce(runt, container))));
    await removeCgroups(prefix);
  }
}

try {
  const { values } = parseArgs({ options: { bundle: { type: "string" } } });
  process.stdout.write(values.bundle === undefined ? await show() : keep(resolve(values.bundle)));
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
