import { test } from "tap";
import { debugPrinter } from "../../lib/cli/debug.ts";

const CASES: readonly [names: string, printed: string[]][] = [
  ["runt:*", ["runt:cli", "runt:cgroup"]],
  ["*", ["runt:cli", "runt:cgroup"]],
  ["runt:cgroup", ["runt:cgroup"]],
  ["runt:*,-runt:cli", ["runt:cgroup"]],
  ["other", []],
];

for (const [names, printed] of CASES) {
  test(`DEBUG=${names} prints ${printed.join(" and ") || "nothing"}`, (t) => {
    const lines: string[] = [];
    const debug = debugPrinter(names, (line) => lines.push(line));
    debug("cli", "100% of %s and %d");
    debug("cgroup", "100% of %s and %d");
    t.equal(lines.length, printed.length);
    for (const [index, namespace] of printed.entries()) {
      t.match(lines[index], new RegExp(`^${namespace} 100% of %s and %d \\+\\d+ms\n$`));
    }
    t.end();
  });
}
