/** JSON of data that has integers of 64 bits: a bigint is written with all its digits. */

/** The text, on one line. */
export function exactJson(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? `${MARK}${each}` : each));
  return text.replace(MARKED, "$1");
}

/** What no string that comes from the kernel or from config.json begins with. */
const MARK = "\0bigint ";
const MARKED = /"\\u0000bigint (-?\d+)"/g;
