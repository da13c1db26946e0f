/**
 * Runs the official validation suite against runt, or several runtimes side by side:
 *
 *     conformance/runtime-tools --dir CHECKOUT [--runtime PATH]... [--limit SECONDS] [--only TEXT]... [--table FILE] [--v1]
 *
 * CHECKOUT is a tree of opencontainers/runtime-tools in which `make runtimetest validation-executables` was done, as its README
 * says. Prints TAP, then a table of program → passed, failed, skipped. Wants root.
 */
import { existsSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { t } from "tap";
import type { Result } from "tap-parser";
import { markdown } from "../support/report.ts";
import { meet } from "../support/runtime.ts";
import { KNOWN } from "./known.ts";
import { type Outcome, programs, validate } from "./program.ts";

const USAGE = `usage: conformance/runtime-tools --dir CHECKOUT [--runtime PATH]... [--limit SECONDS] [--only TEXT]... [--table FILE] [--v1]

  --dir CHECKOUT    the tree of opencontainers/runtime-tools, built: make runtimetest validation-executables
  --runtime PATH    a runtime: a file, or a name on the PATH; several are compared (default: dist/runt)
  --limit SECONDS   that a program may take (default: 60)
  --only TEXT       only the programs whose name holds TEXT
  --table FILE      writes the table as Markdown
  --v1              hides the cgroup2 mount of a hybrid machine`;

const { values } = parseArgs({
  options: {
    dir: { type: "string" },
    runtime: { type: "string", multiple: true, default: [new URL("../../dist/runt", import.meta.url).pathname] },
    limit: { type: "string", default: "60" },
    only: { type: "string", multiple: true, default: [] },
    table: { type: "string" },
    v1: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

function end(code: number, what: string): never {
  (code === 0 ? console.log : console.error)(what);
  process.exit(code);
}

if (values.help) end(0, USAGE);
if (values.dir === undefined) end(2, `--dir is missing: the tree of opencontainers/runtime-tools\n${USAGE}`);
const checkout = resolve(values.dir);
if (!existsSync(join(checkout, "runtimetest")))
  end(2, `${checkout} is not built: run make runtimetest validation-executables there`);
if (process.getuid?.() !== 0) end(2, "the suite makes containers: it wants root");
const limit = Number(values.limit);
if (!(limit > 0)) end(2, `--limit must be a number of seconds: it is ${values.limit}`);

// The programs have their limits; the whole run has none.
t.setTimeout(0);

const runtimes = meet(values.runtime);
const chosen = programs(checkout).filter(
  (program) => values.only.length === 0 || values.only.some((text) => basename(program).includes(text)),
);
if (chosen.length === 0) end(2, "no program has such a name");
for (const { name, version } of runtimes) t.comment(`${name}: ${version}`);

const outcomes: Outcome[] = [];
for (const program of chosen) {
  for (const runtime of runtimes) {
    const outcome = await validate(checkout, program, runtime, { limit, v1: values.v1 });
    outcomes.push(outcome);
    await tell(outcome);
  }
}

/** The outcome as a subtest. What is known to fail by no fault of the runtime's is a TODO, with the reason. */
async function tell({ program, runtime, verdict, points, complaints, end, stderr }: Outcome): Promise<void> {
  const known = KNOWN[program];
  const todo = known === undefined ? {} : { todo: known };
  await t.test(`${runtime}: ${program}`, async (t) => {
    for (const point of points) {
      if (point.ok) t.pass(point.name, point.skip ? { skip: point.skip } : {});
      else t.fail(point.name, { ...todo, found: point.diag });
    }
    for (const complaint of complaints) t.fail(complaint, todo);
    if (end !== "") t.fail(`ends as it should: ${end}`, { ...todo, stderr });
    else if (points.length + complaints.length === 0) t.pass("makes no test point, and complains of nothing");
  });
  if (verdict === "failed" && known !== undefined) t.comment(`known: ${known}`);
}

const MARKS = { passed: "✓", failed: "✗", skipped: "–" } as const;

function cell({ verdict, points, complaints, end }: Outcome): string {
  const count = (which: (point: Result) => unknown) => points.filter(which).length;
  const parts = [
    [count(({ ok, skip }) => ok && !skip), "passed"],
    [count(({ ok }) => !ok) + complaints.length, "failed"],
    [count(({ skip }) => skip), "skipped"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${MARKS[verdict]} ${[...said, ...(end === "" ? [] : [end])].join(", ") || "no test point"}`;
}

const rows = chosen.map((program) => {
  const name = basename(program, ".t");
  const own = outcomes.filter((outcome) => outcome.program === name);
  return [name, ...own.map(cell), own.some(({ verdict }) => verdict === "failed") ? (KNOWN[name] ?? "") : ""];
});
const sums = runtimes.map(({ name }) => {
  const own = outcomes.filter((outcome) => outcome.runtime === name);
  const count = (which: Outcome["verdict"]) => own.filter(({ verdict }) => verdict === which).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`;
});
const table = markdown([
  ["program", ...runtimes.map(({ name }) => name), "known failure, by no fault of the runtime's"],
  ...rows,
  [`${chosen.length} programs`, ...sums, ""],
]);
t.comment(`\n${table}`);
if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
