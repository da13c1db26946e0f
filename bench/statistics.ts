/** Medians and quartiles: what one disturbed run of many can't move. */

/** The value below which the share `q` of the values lies, interpolated; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export interface Summary {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Median and quartiles. */
export function summary(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), lower: quantile(values, 0.25), upper: quantile(values, 0.75) };
}

/**
 * The median of the ratios of two series, round by round: the speed of a machine drifts, but hardly within a round.
 * @param values of the one, by round
 * @param others of the other, by round
 */
export function ratio(values: readonly number[], others: readonly number[]): number {
  return quantile(
    values.map((value, round) => value / (others[round] ?? Number.NaN)),
    0.5,
  );
}
