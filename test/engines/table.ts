/**
 * Prints docs/engines.md's table from the rows that a run of the engine tests has collected:
 * `RUNT_ENGINES_TABLE=rows npx tap test/engines/*.test.ts; npx tsx test/engines/table.ts rows`.
 */
import { readFileSync } from "node:fs";

type Row = readonly [engine: string, step: string, runc: boolean, runt: boolean];

const word = (works: boolean): string => (works ? "yes" : "no");

const rows = readFileSync(process.argv[2] ?? "", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

for (const engine of new Set(rows.map(([name]) => name))) {
  console.log(`\n### ${engine}\n\n| what is done | with runc | with runt |\n| --- | --- | --- |`);
  for (const [name, step, runc, runt] of rows) {
    if (name === engine) console.log(`| ${step.replaceAll("|", "\\|")} | ${word(runc)} | ${word(runt)} |`);
  }
}
