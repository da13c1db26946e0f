import { test } from "tap";
import { nameOf, variablesOf } from "../../lib/spec/environment.ts";

const NAMES: readonly (readonly [string, string])[] = [
  ["A=b", "A"],
  ["A=", "A"],
  ["A=b=c", "A"],
  ["A", "A"],
  ["=b", ""],
  ["", ""],
];

for (const [variable, name] of NAMES) {
  test(`nameOf: ${JSON.stringify(variable)}`, async (t) => {
    t.equal(nameOf(variable), name);
  });
}

test("variablesOf: the last of a name, where the first one stood", async (t) => {
  t.same(
    [...variablesOf(["A=1", "B=1", "A=2"])],
    [
      ["A", "A=2"],
      ["B", "B=1"],
    ],
  );
  t.same([...variablesOf([])], []);
});
