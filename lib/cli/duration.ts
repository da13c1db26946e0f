/** Durations as Go programs take them, time.ParseDuration. */
import { UsageError } from "../base/errors.ts";

const MILLISECONDS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** `1.5s`, `1m30s`, `100ms` in milliseconds. @throws UsageError for what is none, or not more than nothing */
export function duration(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|ns)/g)];
  const total = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (MILLISECONDS[unit as string] ?? 0), 0);
  if (parts.map(([part]) => part).join("") !== text.replace(/^\+/, "") || total <= 0) {
    throw new UsageError(
      `invalid value ${JSON.stringify(text)} for flag --${option}: it takes a duration greater than 0, such as 5s`,
    );
  }
  return total;
}
