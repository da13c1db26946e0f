/** Lists of CPUs and memory nodes as config.md writes them: `0-3,7`. */

/** The highest number that a list may have: eight times as many CPUs as any kernel can be built for. */
const HIGHEST = 65535;

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
    if (last < first || last > HIGHEST) return undefined;
    ranges.push([first, last]);
  }
  return ranges;
}

/** The bitmap of a list, as sched_setaffinity(2) and set_mempolicy(2) take it: whole words of 64 bits. */
export function bitmap(ranges: Ranges): Uint8Array {
  const highest = ranges.reduce((most, [, last]) => Math.max(most, last), 0);
  const bits = new Uint8Array(((highest >> 6) + 1) * 8);
  for (const [first, last] of ranges) {
    for (let bit = first; bit <= last; bit++) bits[bit >> 3] = (bits[bit >> 3] as number) | (1 << (bit & 7));
  }
  return bits;
}
