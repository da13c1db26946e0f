/**
 * Measures OCI runtimes by the runtime specification, by their command line alone:
 *
 *     npm run conformance -- --runtime dist/runt --runtime runc --runtime crun
 *
 * prints TAP, then a matrix of requirement × runtime. Wants root. See conformance/README.md.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cases } from "./cases.ts";
import { abandon, measure } from "./support/measure.ts";
import { json, matrix, tapPoint, totals } from "./support/report.ts";
import { meet } from "./support/runtime.ts";
import { withoutUnified } from "./support/v1.ts";

const USAGE = `usage: npm run conformance -- [--runtime PATH]... [--only TEXT]... [--jobs N] [--limit SECONDS] [--json FILE] [--matrix FILE] [--keep FOLDER]

  --runtime PATH    a runtime: a file, or a name on the PATH; several are compared (default: dist/runt)
  --only TEXT       only the cases whose id or section holds TEXT
  --jobs N          cases at a time (default: 2)
  --limit SECONDS   that a case may take (default: 60)
  --json FILE       writes the verdicts as JSON
  --matrix FILE     writes the matrix as Markdown
  --keep FOLDER     copies the bundles of cases that fail to FOLDER/RUNTIME/CASE
  --v1              hides the cgroup2 mount of a hybrid machine: older crun works on v1 or v2 only
  --list            prints the requirements, and runs nothing`;

function number(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${option} must be a number from 1 on: it is ${text}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runtime: { type: "string", multiple: true, default: [new URL("../dist/runt", import.meta.url).pathname] },
      only: { type: "string", multiple: true, default: [] },
      jobs: { type: "string", default: "2" },
      limit: { type: "string", default: "60" },
      json: { type: "string" },
      matrix: { type: "string" },
      keep: { type: "string" },
      v1: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const chosen = cases.filter(
    ({ id, section }) =>
      values.only.length === 0 || values.only.some((text) => id.includes(text) || section.includes(text)),
  );
  if (values.list) {
    for (const { id, section, level, quote } of chosen) console.log(`${id}\t${level}\t${section}\t${quote}`);
    return 0;
  }
  if (chosen.length === 0) throw new Error(`no case has ${values.only.join(" or ")} in its id or section: see --list`);
  const [jobs, limit] = [number("jobs", values.jobs), number("limit", values.limit)];
  if (process.getuid?.() !== 0) throw new Error("the cases make containers: they want root");

  if (values.v1) withoutUnified();
  const runtimes = meet(values.runtime);
  console.log(`TAP version 14\n1..${chosen.length * runtimes.length}`);
  for (const { name, version, path } of runtimes) console.log(`# ${name}: ${version} (${path})`);
  let point = 0;
  const verdicts = await measure(chosen, runtimes, { jobs, limit, keep: values.keep }, (verdict) =>
    console.log(tapPoint(verdict, ++point)),
  );
  const [table, sums] = [matrix(verdicts, runtimes), totals(verdicts, runtimes)];
  console.log([...table.split("\n"), "", ...sums.split("\n")].map((line) => `# ${line}`).join("\n"));
  if (values.matrix !== undefined) writeFileSync(values.matrix, `${table}\n\n${sums}\n`);
  if (values.json !== undefined) writeFileSync(values.json, json(verdicts, runtimes));
  return verdicts.some(({ outcome, newer }) => outcome === "failed" && !newer) ? 1 : 0;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void abandon().finally(() => process.exit(130)));
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);
