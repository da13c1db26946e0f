/**
 * Runs the official validation suite against runt, or several runtimes side by side:
 *
 *     conformance/runtime-tools --dir CHECKOUT [--runtime PATH]... [--limit SECONDS] [--only TEXT]... [--table FILE]
 *
 * CHECKOUT is a tree of opencontainers/runtime-tools in which `make runtimetest validation-executables` was done, as its README
 * says. Prints TAP, then a table of program → passed, failed, skipped. Wants root.
 */
import { existsSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { t } from "tap";
import { markdown } from "../support/report.ts";
import { meet } from "../support/runtime.ts";
import { withoutUnified } from "../support/v1.ts";
import { KNOWN } from "./known.ts";
import { type Outcome, programs, validate } from "./program.ts";

const { values } = parseArgs({
  options: {
    dir: { type: "string" },
    runtime: { type: "string", multiple: true, default: [new URL("../../dist/runt", import.meta.url).pathname] },
    limit: { type: "string", default: "120" },
    only: { type: "string", multiple: true, default: [] },
    table: { type: "string" },
    v1: { type: "boolean", default: false },
  },
});

function usage(what: string): never {
  console.error(
    `${what}\nusage: conformance/runtime-tools --dir CHECKOUT [--runtime PATH]... [--limit SECONDS] [--only TEXT]... [--table FILE] [--v1]`,
  );
  process.exit(2);
}

if (values.dir === undefined) usage("--dir is missing: the tree of opencontainers/runtime-tools");
const checkout = resolve(values.dir);
if (!existsSync(join(checkout, "runtimetest")))
  usage(`${checkout} is not built: run make runtimetest validation-executables there`);
if (process.getuid?.() !== 0) usage("the suite makes containers: it wants root");
if (values.v1) withoutUnified();

// The programs have their limits; the whole run has none.
t.setTimeout(0);

const runtimes = meet(values.runtime);
const chosen = programs(checkout).filter(
  (program) => values.only.length === 0 || values.only.some((text) => basename(program).includes(text)),
);
for (const { name, version } of runtimes) t.comment(`${name}: ${version}`);

const outcomes: Outcome[] = [];
for (const program of chosen) {
  for (const runtime of runtimes) {
    const known = KNOWN[basename(program, ".t")];
    outcomes.push(await validate(checkout, program, runtime, Number(values.limit), known));
  }
}

const cell = ({ passed, failed, skipped, whole }: Outcome): string =>
  `${passed} / ${failed} / ${skipped}${whole ? "" : " ✗"}`;
const rows = chosen.map((program) => {
  const name = basename(program, ".t");
  const own = outcomes.filter((outcome) => outcome.program === name);
  return [name, ...own.map(cell), KNOWN[name] ?? ""];
});
const whole = runtimes.map(({ name }) => {
  const own = outcomes.filter((outcome) => outcome.runtime === name);
  return `${own.filter((outcome) => outcome.whole).length} of ${own.length}`;
});
const head = ["program: passed / failed / skipped", ...runtimes.map(({ name }) => name), "known"];
const table = markdown([head, ...rows, ["programs that pass", ...whole, ""]]);
t.comment(`\n${table}`);
if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
