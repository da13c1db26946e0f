/** Lists of CPUs and memory nodes as config.md writes them: `0-3,7`. */

/** Pairs of first and last, both included. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** The ranges of a list in the order of the text, or undefined when it is no such list. */
export function parseList(list: string): Ranges | undefined {
  const ranges: [number, number][] = [];
  for (const item of list.split(",")) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(item);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return undefined;
    ranges.push([first, last]);
  }
  return ranges;
}
