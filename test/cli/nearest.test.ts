import { test } from "tap";
import { nearest } from "../../lib/cli/nearest.ts";

const CANDIDATES = ["create", "start", "state", "kill", "list"];

const CASES: readonly [name: string, meant: string | undefined][] = [
  ["creat", "create"],
  ["creates", "create"],
  ["craete", "create"],
  ["strat", undefined],
  ["stat", "start"],
  ["staet", "start"],
  ["kil", "kill"],
  ["lst", "list"],
  ["k", undefined],
  ["frobnicate", undefined],
  ["", undefined],
];

for (const [name, meant] of CASES) {
  test(`nearest(${JSON.stringify(name)}) is ${meant ?? "nothing"}`, (t) => {
    t.equal(nearest(name, CANDIDATES), meant);
    t.end();
  });
}
