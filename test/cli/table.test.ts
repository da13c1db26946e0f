import { test } from "tap";
import { table } from "../../lib/cli/table.ts";

const CASES: readonly [name: string, rows: string[][], text: string][] = [
  ["columns of at least 12 characters", [["ID", "PID", "OWNER"]], "ID          PID         OWNER\n"],
  ["12 characters hold 9 and the gap", [["123456789", "x"]], "123456789   x\n"],
  [
    "a longer cell widens its column by the gap",
    [
      ["1234567890", "x"],
      ["1", "y"],
    ],
    "1234567890   x\n1            y\n",
  ],
  ["an empty cell keeps its column", [["", "x"]], "            x\n"],
  ["characters count, not bytes", [["é€😀", "x"]], "é€😀         x\n"],
  ["nothing", [], ""],
];

for (const [name, rows, text] of CASES) {
  test(`table(): ${name}`, (t) => {
    t.equal(table(rows), text);
    t.end();
  });
}
