/** The limits of `update` as its options say them: linux.resources. */
import { UsageError } from "../base/errors.ts";
import type { Resources } from "../config/schema.ts";
import type { Arguments } from "./arguments.ts";

type Options = Arguments<"update">;
type Name = keyof Options;
type Part = "memory" | "cpu" | "pids" | "blockIO";

/** What an option takes, and what it sets. A size is a number of bytes, with a unit if it is a large one. */
interface Limit {
  readonly option: Name;
  readonly takes: "integer" | "size" | "list";
  readonly part: Part;
  readonly property: string;
}

const LIMITS: readonly Limit[] = [
  { option: "blkio-weight", takes: "integer", part: "blockIO", property: "weight" },
  { option: "cpu-burst", takes: "integer", part: "cpu", property: "burst" },
  { option: "cpu-idle", takes: "integer", part: "cpu", property: "idle" },
  { option: "cpu-period", takes: "integer", part: "cpu", property: "period" },
  { option: "cpu-quota", takes: "integer", part: "cpu", property: "quota" },
  { option: "cpu-rt-period", takes: "integer", part: "cpu", property: "realtimePeriod" },
  { option: "cpu-rt-runtime", takes: "integer", part: "cpu", property: "realtimeRuntime" },
  { option: "cpu-share", takes: "integer", part: "cpu", property: "shares" },
  { option: "cpuset-cpus", takes: "list", part: "cpu", property: "cpus" },
  { option: "cpuset-mems", takes: "list", part: "cpu", property: "mems" },
  { option: "memory", takes: "size", part: "memory", property: "limit" },
  { option: "memory-reservation", takes: "size", part: "memory", property: "reservation" },
  { option: "memory-swap", takes: "size", part: "memory", property: "swap" },
  { option: "pids-limit", takes: "integer", part: "pids", property: "limit" },
];

/** Options that engines and scripts still give, of limits that Linux has given up. */
export const OBSOLETE = ["kernel-memory", "kernel-memory-tcp"] as const satisfies readonly Name[];

/**
 * `resources` with the limits of the options set on top.
 * @returns plain data to be validated as the file of `--resources` is. @throws UsageError for what is no number
 */
export function withLimits(resources: Resources, options: Options): object {
  const result: Record<string, unknown> = { ...resources };
  for (const { option, takes, part, property } of LIMITS) {
    const text = options[option];
    if (typeof text !== "string" || text === "") continue;
    const value = takes === "list" ? text : number(option, text, takes);
    result[part] = { ...(result[part] as object | undefined), [property]: value };
  }
  return result;
}

/** What of `options` has set the limit at `pointer` in linux.resources, `/memory/limit`: `--memory`; undefined if none has. */
export function optionOf(pointer: string, options: Options): string | undefined {
  const found = LIMITS.find(({ part, property }) => pointer === `/${part}/${property}`);
  return found && options[found.option] ? `--${found.option}` : undefined;
}

const UNITS = "kmgtp";

function number(option: string, text: string, takes: "integer" | "size"): number {
  const [, digits, unit = ""] = /^([+-]?\d+(?:\.\d+)?) ?(?:([kmgtp]?)(?:i?b)?)$/i.exec(text) ?? [];
  const value = Number(digits);
  const valid = takes === "integer" ? /^[+-]?\d+$/.test(text) : digits !== undefined;
  if (!valid) {
    const right = takes === "integer" ? "a whole number" : "a number of bytes, such as 10000000 or 10M";
    throw new UsageError(`invalid value ${JSON.stringify(text)} for flag --${option}: it takes ${right}`);
  }
  const power = unit === "" ? 0 : UNITS.indexOf(unit.toLowerCase()) + 1;
  return Math.trunc(value * 1024 ** power);
}
