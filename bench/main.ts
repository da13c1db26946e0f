/** `npm run bench`: runt, crun and runc do the same in turns, and a table says what it cost. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { has, needPackages } from "../bin/build/tools.ts";
import { chargedFile, hiddenDirectory } from "./cgroups.ts";
import { interruption } from "./driver.ts";
import { HAS_FLOOR, writeFloor } from "./floor.ts";
import { machine } from "./machine.ts";
import { inRounds, type Operation } from "./plan.ts";
import { description, type Entry, entry, fixed, tables } from "./report.ts";
import { type Row, rows } from "./rows.ts";
import { locate, type Runtime, sizes, version } from "./runtimes.ts";
import { seccompProfile } from "./seccomp.ts";
import { Workplace } from "./workplace.ts";

const USAGE = `npm run bench -- [OPTION]...
  --rounds N       turns of each runtime in each row [default: 50]
  --quick          the same as --rounds 10
  --only NAME,...  the rows whose names begin so: run, lifecycle, userns, floor, state, kill, exec, crowd
  --rest MS        length of the rest in the rows that have one [default: 50]
  --seccomp FILE   take the filter from this config.json
  --runt FILE      the runtime to compare [default: dist/runt, built when missing]
  --json FILE      write the machine, the figures and all samples to the file
`;

const OPTIONS = {
  rounds: { type: "string", default: "50" },
  quick: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  rest: { type: "string", default: "50" },
  seccomp: { type: "string" },
  runt: { type: "string" },
  json: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const BUILT = new URL("../dist/runt", import.meta.url).pathname;

/** Installs and builds what is missing. */
function provide(runt: string): void {
  needPackages({
    gcc: has.program("gcc"),
    "libc6-dev": has.header("stdio.h"),
    crun: locate("crun") !== undefined,
    runc: locate("runc") !== undefined,
  });
  if (runt === BUILT && !existsSync(BUILT)) execFileSync("npm", ["run", "build"], { stdio: ["ignore", 2, 2] });
}

/** The runtimes, runt first, with their bundles. */
function runtimesIn(workplace: Workplace, runt: string, profile: string | undefined): Runtime[] {
  const seccomp = profile === undefined ? seccompProfile() : JSON.parse(readFileSync(profile, "utf8")).linux.seccomp;
  const first = workplace.add("runt", runt, seccomp);
  if (HAS_FLOOR) writeFloor(first.container("plain"));
  return [first, ...["crun", "runc"].map((name) => workplace.add(name, locate(name) ?? name, seccomp))];
}

/** All that is done for a row. */
function plan(row: Row, runtimes: readonly Runtime[], rounds: number): Operation[] {
  return [
    ...runtimes.flatMap((runtime) => row.before?.(runtime) ?? []),
    ...inRounds(runtimes, Math.max(1, Math.round(rounds * row.share)), row.turn),
    ...runtimes.flatMap((runtime) => row.after?.(runtime) ?? []),
  ];
}

/** @returns what there is to print */
async function main(): Promise<string> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return USAGE;
  const rounds = values.quick ? 10 : count(values.rounds, "--rounds");
  const conditions = { rest: count(values.rest, "--rest"), chargedFile: chargedFile() };
  const wanted = values.only.split(",");
  const chosen = rows(conditions).filter(({ name }) => wanted.some((prefix) => name.startsWith(prefix)));
  if (chosen.length === 0) throw new Error(`--only ${values.only}: no row has a name that begins so`);
  if (process.getuid?.() !== 0)
    throw new Error("only root can make the containers that are measured: sudo npm run bench");

  const runt = values.runt === undefined ? BUILT : resolve(values.runt);
  provide(runt);
  const hidden = hiddenDirectory();
  const place = machine();
  if (place.load > place.cores / 2) process.stderr.write(`bench: others are at work here: load ${place.load}\n`);
  const signal = interruption();
  const workplace = new Workplace(hidden);
  try {
    const runtimes = runtimesIn(workplace, runt, values.seccomp);
    const names = runtimes.map(({ name }) => name);
    const versions = runtimes.map(version);
    const entries: Entry[] = [];
    const samples: Record<string, unknown> = {};
    for (const row of chosen) {
      process.stderr.write(`bench: ${row.name}\n`);
      const measured = await workplace.driver.execute(plan(row, runtimes, rounds), signal);
      entries.push(...row.lines.map((line) => entry(line, measured, names)));
      samples[row.name] = Object.fromEntries([...measured].map(([name, series]) => [name, Object.fromEntries(series)]));
    }
    entries.push(...files(runtimes, names));
    if (values.json !== undefined) {
      const all = { machine: place, hidden, versions, rounds, rest: conditions.rest, entries, samples };
      writeFileSync(values.json, `${JSON.stringify(all, undefined, 1)}\n`);
    }
    return `${description(place, versions, rounds, hidden)}\n${tables(entries, names)}`;
  } finally {
    await workplace.clear();
  }
}

/** What lies on the disk. */
function files(runtimes: readonly Runtime[], names: readonly string[]): Entry[] {
  const all = runtimes.map(sizes);
  const alone = all.map(({ executable }) => executable);
  const together = all.map(({ executable, libraries }) => executable + libraries);
  return [fixed("executable", names, alone), fixed("executable and its libraries", names, together)];
}

function count(text: string, option: string): number {
  if (!/^[1-9][0-9]*$/.test(text)) throw new Error(`${option} must be a number above 0: it is ${JSON.stringify(text)}`);
  return Number(text);
}

try {
  process.stdout.write(await main());
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
