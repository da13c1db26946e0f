import { test } from "tap";
import { blocks, inOrder, nthStep, writtenOut } from "../../lib/program/order.ts";
import { at, buffer, call, type Step, slot, words } from "../../lib/program/step.ts";

const step = (doing: string): Step => call(doing, "getpid", []);
const [a, b, c, d, e, f] = ["a", "b", "c", "d", "e", "f"].map(step) as [Step, Step, Step, Step, Step, Step];

test("inOrder() has each step before those inside it", (t) => {
  const when: Step = { op: "when", value: 1, equals: 1, then: [b], otherwise: [c] };
  const attempt: Step = { op: "attempt", on: "any", steps: [a, when], otherwise: [d] };
  const clone: Step = { op: "clone", doing: "", args: words(), result: slot("pid"), child: [e], parent: [f] };
  t.strictSame(inOrder([attempt, clone]), [attempt, a, when, b, c, d, clone, e, f]);
  t.strictSame(blocks({ op: "when", value: 1, equals: 1, then: [a] }), [[a], []]);
  t.strictSame(blocks(a), []);
  t.end();
});

test("writtenOut() fills the items of a table in", (t) => {
  const [path, size] = [slot("path"), slot("size")];
  const room = buffer("room", 8);
  const table: Step = {
    op: "each",
    items: [
      ["/a", 1],
      ["/$&$$", 2],
    ],
    into: [path, size],
    steps: [
      call("look at {}", "write", [1, path, size], { result: size }),
      { op: "when", value: at(room, 0), equals: 0, then: [call("{}", "chdir", [path]), call("", "chdir", ["{}"])] },
    ],
  };
  const out = (item: string, length: number): unknown[] => [
    { ...call(`look at ${item}`, "write", [1, item, length]), result: length },
    { op: "when", value: at(room, 0), equals: 0, then: [call(item, "chdir", [item]), call("", "chdir", ["{}"])] },
  ];
  t.strictSame(writtenOut([a, table, b]), [a, ...out("/a", 1), ...out("/$&$$", 2), b]);
  t.equal(inOrder([a, table, b]).length, 1 + 2 * 4 + 1);
  const plain = [a, b];
  t.equal(writtenOut(plain), plain);
  t.end();
});

test("nthStep() counts from 1", (t) => {
  t.equal(nthStep([a, b], 1), a);
  t.equal(nthStep([a, b], 2), b);
  for (const index of [0, 3]) {
    t.throws(() => nthStep([a, b], index), { message: `a program of 2 steps has no step ${index}` });
  }
  t.end();
});
