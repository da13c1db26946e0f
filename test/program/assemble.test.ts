/** Programs that go on with steps that were compiled later, on either machine. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { E } from "../../lib/linux/errno.ts";
import { MAP, PROT } from "../../lib/linux/mman.ts";
import { compile, compileRest } from "../../lib/program/compile.ts";
import { REST, REST_ADDRESS } from "../../lib/program/elf.ts";
import { bytes, call, type Step, slot, words } from "../../lib/program/step.ts";
import { encode, MACHINES, mapReport, run } from "./run.ts";

const PAGE = 0x10000;
const AT_FDCWD = -100;

/** Steps that map `file` and go on with what is in it. */
function goOn(file: string): Step[] {
  const fd = slot("file");
  const place = MAP.PRIVATE | MAP.FIXED_NOREPLACE;
  const [memory, access] = [REST.memory - PAGE, PROT.READ | PROT.WRITE];
  return [
    call("open the rest", "openat", [AT_FDCWD, file, 0, 0], { result: fd }),
    call("map the rest", "mmap", [REST_ADDRESS, PAGE, PROT.READ, place, fd, 0]),
    call("map memory", "mmap", [memory, 2 * PAGE, access, place | MAP.ANONYMOUS, -1, 0]),
    { op: "rest" },
  ];
}

const EARLY = slot("early");
const LATE = slot("late");
const TEXT = bytes("text", encode("early\n"));

/** What a program begins with, goes on with, and then is known of it. */
const CASES: readonly {
  readonly name: string;
  readonly first: readonly Step[];
  readonly rest: readonly Step[];
  readonly outcome: { status: number; stdout: string; report?: { index: number; errno: number } };
}[] = [
  {
    name: "what the program has stored is there, and what the rest stores is elsewhere",
    first: [
      { op: "assign", slot: EARLY, value: 40 },
      { op: "store", into: TEXT, offset: 0, width: 4, value: 0x4c524145 },
    ],
    rest: [
      { op: "assign", slot: LATE, value: 6 },
      call("print", "writev", [1, words(TEXT, TEXT.size, "late é\n", 8), 2]),
      { op: "when", value: LATE, equals: 6, then: [call("exit", "exit_group", [EARLY])] },
    ],
    outcome: { status: 40, stdout: "EARLy\nlate é\n" },
  },
  {
    name: "a failure is told by its number after those of the program, also in a table",
    first: [mapReport()],
    rest: [
      {
        op: "each",
        items: [[1], [1000]],
        into: [LATE],
        steps: [call("write to {}", "write", [LATE, "x", 1])],
      },
    ],
    outcome: { status: 1, stdout: "x", report: { index: 7, errno: E.EBADF } },
  },
  {
    name: "an attempt of the rest's own is in force",
    first: [],
    rest: [
      {
        op: "attempt",
        on: [E.EBADF],
        steps: [call("close nothing", "close", [1000])],
        otherwise: [call("say", "write", [1, "caught", 6])],
      },
    ],
    outcome: { status: 0, stdout: "caught" },
  },
  { name: "the end of no steps is the end", first: [], rest: [], outcome: { status: 0, stdout: "" } },
];

for (const { machine, skip } of MACHINES) {
  for (const { name, first, rest, outcome } of CASES) {
    test(`${machine}: ${name}`, { skip }, (t) => {
      const file = join(t.testdir({}), "rest");
      const steps = [...first, ...goOn(file)];
      const program = compile(steps, machine, encode);
      const compiled = compileRest(program, rest, machine, encode);
      writeFileSync(file, compiled.file);
      const { status, stdout, report } = run(steps, machine);
      t.strictSame({ status, stdout: stdout.toString(), ...(report && { report }) }, outcome);
      t.end();
    });
  }
}

test("steps are found by their number, those of the rest after those of the program", (t) => {
  const [early, late] = [call("early", "getpid", []), call("late", "getpid", [])];
  const program = compile([early, { op: "rest" }], "x86-64", encode);
  const rest = compileRest(program, [late], "x86-64", encode);
  t.strictSame([program.size, rest.size], [2, 3]);
  t.equal(rest.step(1), early);
  t.equal(rest.step(3), late);
  t.throws(() => rest.step(4), { message: "a program of 1 steps has no step 2" });
  t.end();
});

test("there is memory for all that starts as 0, and for what is initialised", (t) => {
  const program = compile([{ op: "rest" }], "x86-64", encode);
  const { memory } = compileRest(program, [call("print", "write", [1, TEXT, 6], { result: LATE })], "x86-64", encode);
  t.equal(memory.address % PAGE, 0);
  t.ok(memory.address <= REST.memory - 8);
  t.equal(memory.address + memory.length, REST.memory + 8);
  t.end();
});

test("a failure without errno can't be caught", (t) => {
  const failing: Step = { op: "fail", doing: "fail", errno: 0 };
  const steps: Step[] = [{ op: "attempt", on: "any", steps: [failing], otherwise: [] }];
  t.throws(() => compile(steps, "x86-64", encode), { message: "a failure without errno stands in an attempt" });
  t.end();
});
