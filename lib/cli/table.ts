/** Tables as the programs print them whose output scripts cut at the columns. */

const GAP = 3;
const NARROWEST = 12;

/** Lines of cells as wide as the widest of the column and a gap, at least 12 characters; the last cell is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? NARROWEST, length(cell) + GAP);
  }
  const pad = (cell: string, column: number): string => cell + " ".repeat((widths[column] ?? 0) - length(cell));
  return rows.map((row) => `${row.slice(0, -1).map(pad).join("")}${row.at(-1) ?? ""}\n`).join("");
}

/** Characters, not UTF-16 units. */
function length(cell: string): number {
  return [...cell].length;
}
