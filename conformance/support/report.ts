/** Verdicts for readers: TAP 14 for programs as they come, a matrix of requirement × runtime at the end, JSON. */

import type { Verdict } from "./measure.ts";
import type { Level } from "./requirement.ts";
import type { Runtime } from "./runtime.ts";

/** One test point of TAP. What is newer than the runtime is a failure that is expected: TODO. */
export function tapPoint(verdict: Verdict, number: number): string {
  const { requirement, runtime, outcome, why, newer, commands } = verdict;
  const name = `${runtime.name}: ${requirement.id}: ${requirement.quote}`.replaceAll("#", "\\#");
  if (outcome === "skipped") return `ok ${number} - ${name} # SKIP ${oneLine(why)}`;
  if (outcome === "passed") return `ok ${number} - ${name}`;
  const todo = newer ? ` # TODO came with runtime-spec ${requirement.since}` : "";
  const facts = { section: requirement.section, level: requirement.level, error: why };
  const lines = Object.entries(facts).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  const calls = ["  commands:", ...commands.map((command) => `    - ${JSON.stringify(command)}`)];
  return [`not ok ${number} - ${name}${todo}`, "  ---", ...lines, ...calls, "  ..."].join("\n");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

const MARKS = { passed: "✓", failed: "✗", skipped: "–", newer: "n" } as const;

function mark({ outcome, newer }: Verdict): string {
  return MARKS[newer ? "newer" : outcome];
}

/** The verdicts in rows: all of one case. */
export function rows(verdicts: readonly Verdict[]): Verdict[][] {
  const found = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const row = found.get(verdict.requirement.id) ?? [];
    row.push(verdict);
    found.set(verdict.requirement.id, row);
  }
  return [...found.values()];
}

/** The matrix as a table of Markdown. */
export function matrix(verdicts: readonly Verdict[], runtimes: readonly Runtime[]): string {
  const table: string[][] = [["requirement", "section", "level", ...runtimes.map(({ name }) => name)]];
  for (const row of rows(verdicts)) {
    const [{ requirement }] = row as [Verdict];
    table.push([requirement.id, requirement.section, requirement.level, ...row.map(mark)]);
  }
  return markdown(table);
}

/** How many of each level passed, failed, are newer than the runtime, or could not be shown. */
export function totals(verdicts: readonly Verdict[], runtimes: readonly Runtime[]): string {
  const table = [["runtime", "level", "passed", "failed", "newer than it", "not shown here"]];
  for (const runtime of runtimes) {
    for (const level of ["MUST", "SHOULD"] satisfies Level[]) {
      const own = verdicts.filter((one) => one.runtime === runtime && one.requirement.level === level);
      const count = (which: string) => String(own.filter((one) => mark(one) === which).length);
      table.push([runtime.name, level, ...[MARKS.passed, MARKS.failed, MARKS.newer, MARKS.skipped].map(count)]);
    }
  }
  return markdown(table);
}

/** A table of Markdown, its first row the head. */
export function markdown([head = [], ...body]: readonly (readonly string[])[]): string {
  const all = [head, ...body];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** All that a program might want to know of a run. */
export function json(verdicts: readonly Verdict[], runtimes: readonly Runtime[]): string {
  const requirements = rows(verdicts).map((row) => {
    const { id, section, level, quote, since } = (row[0] as Verdict).requirement;
    const results = row.map((one) => [one.runtime.name, { outcome: one.outcome, newer: one.newer, why: one.why }]);
    return { id, section, level, quote, since, results: Object.fromEntries(results) };
  });
  const subjects = runtimes.map(({ name, path, version, spec }) => ({ name, path, version, spec }));
  return `${JSON.stringify({ runtimes: subjects, requirements }, null, 2)}\n`;
}
