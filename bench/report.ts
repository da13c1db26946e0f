/** Samples to lines, lines to Markdown. */
import type { Machine } from "./machine.ts";
import type { Samples } from "./plan.ts";
import type { Line } from "./rows.ts";
import { ratio, type Summary, summary } from "./statistics.ts";

/** What one line of a table says. */
export interface Entry {
  readonly title: string;
  readonly unit: "ms" | "bytes";
  /** Name of a runtime → its figures. */
  readonly figures: Readonly<Record<string, Summary>>;
  /** Name of another runtime → how often the first one's figure contains it. */
  readonly ratios: Readonly<Record<string, number>>;
}

const UNITS = { wall: "ms", processor: "ms", peak: "bytes", number: "bytes" } as const;

/** @param names of the runtimes; the first is compared with the others */
export function entry(line: Line, samples: Samples, names: readonly string[]): Entry {
  const unit = UNITS[line.measure];
  const scale = unit === "ms" ? 1e-6 : 1;
  const series = names.map((name) => total(line, samples, name).map((value) => value * scale));
  return fromSeries(line.title, unit, names, series);
}

/** An entry of what needs no measuring. */
export function fixed(title: string, names: readonly string[], bytes: readonly number[]): Entry {
  return fromSeries(
    title,
    "bytes",
    names,
    bytes.map((value) => [value]),
  );
}

function fromSeries(title: string, unit: Entry["unit"], names: readonly string[], series: readonly number[][]): Entry {
  const [first = []] = series;
  return {
    title,
    unit,
    figures: Object.fromEntries(names.map((name, index) => [name, summary(series[index] ?? [])])),
    ratios: Object.fromEntries(names.slice(1).map((name, index) => [name, ratio(first, series[index + 1] ?? [])])),
  };
}

/** The sums of the samples that a line adds up, by round. */
export function total({ of, measure }: Pick<Line, "of" | "measure">, samples: Samples, name: string): number[] {
  const parts = of.map((sample) => samples.get(sample)?.get(name) ?? []);
  return (parts[0] ?? []).map((_, round) => sum(parts.map((part) => part[round]?.[measure] ?? 0)));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** The tables of times and of sizes. */
export function tables(entries: readonly Entry[], names: readonly string[]): string {
  const times = entries.filter(({ unit }) => unit === "ms");
  const sizes = entries.filter(({ unit }) => unit === "bytes");
  return [table("time (quartiles)", times, names), table("size (quartiles)", sizes, names)].join("\n");
}

function table(title: string, entries: readonly Entry[], names: readonly string[]): string {
  if (entries.length === 0) return "";
  const [first = "", ...others] = names;
  const head = [title, ...names, ...others.map((other) => `${first} ÷ ${other}`)];
  const body = entries.map((each) => [
    each.title,
    ...names.map((name) => figure(each.figures[name], each.unit)),
    ...others.map((other) => share(each.ratios[other])),
  ]);
  const rule = ["---", ...head.slice(1).map(() => "---:")];
  return [head, rule, ...body].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function share(ratio: number | undefined): string {
  return ratio === undefined || Number.isNaN(ratio) ? "–" : ratio.toFixed(2);
}

/** `4.62 ms (4.51–4.80)`; of what does not vary, the figure alone. */
function figure(figures: Summary | undefined, unit: Entry["unit"]): string {
  if (figures === undefined || Number.isNaN(figures.median)) return "–";
  const { median, lower, upper } = figures;
  const [name, scale] = unit === "ms" ? ["ms", 1] : median < 1e6 ? ["kB", 1e-3] : ["MB", 1e-6];
  const [middle, low, high] = [median, lower, upper].map((value) => digits(value * scale));
  return `${middle} ${name}${low === high ? "" : ` (${low}–${high})`}`;
}

/** Three digits that count. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** What ran where, in sentences. */
export function description(
  machine: Machine,
  versions: readonly string[],
  rounds: number,
  hidden: string | null,
): string {
  const { processor, cores, memory, kernel, distribution, cgroups, load } = machine;
  const kind = hidden === null ? cgroups : `${cgroups}, shown to all as v1 (${hidden} hidden)`;
  return [
    `${cores} × ${processor}, ${(memory / 1e9).toFixed(0)} GB, load ${load.toFixed(1)}; Linux ${kernel}; ${distribution}; cgroups: ${kind}.\n`,
    `${versions.join("; ")}. Medians of ${rounds} rounds. Peaks are what wait4(2) says of a command's largest process.\n`,
  ].join("");
}
