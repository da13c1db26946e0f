/** What a mistyped name was probably meant to be. */

/**
 * The candidate that the fewest insertions, deletions and substitutions of letters turn into `name` (Levenshtein), or
 * undefined when that takes more than a third of the letters.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3));
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate);
    if (distance > least || (distance === least && best !== undefined)) continue;
    best = candidate;
    least = distance;
  }
  return best;
}

function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const substituted = (above[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1);
      line.push(Math.min(substituted, (above[column] as number) + 1, (line[column - 1] as number) + 1));
    }
    above = line;
  }
  return above[to.length] as number;
}
