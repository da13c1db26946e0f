import { test } from "tap";
import { E } from "../../lib/linux/errno.ts";
import { OPEN_FLAGS } from "../../lib/linux/machine-aarch64.ts";
import { CLONE } from "../../lib/linux/sched.ts";
import { compile } from "../../lib/program/compile.ts";
import { at, buffer, bytes, call, type Step, slot, words } from "../../lib/program/step.ts";
import { encode, MACHINES, mapReport, run } from "./run.ts";

const say = (text: string): Step => call(`say ${text}`, "write", [1, text, encode(text).length]);
const exit = (status: number): Step => call("exit", "exit_group", [status]);
/** A call that fails with EBADF. */
const BAD = call("close nothing", "close", [1000]);
const fail = (errno: number): Step => ({ op: "fail", doing: "fail", errno });
/** 64-bit numbers as they stand in memory. */
const numbers = (...values: bigint[]): Buffer => Buffer.from(new BigUint64Array(values).buffer);
const AT_FDCWD = -100;

interface Case {
  readonly name: string;
  readonly steps: () => Step[];
  readonly stdout?: string | Buffer;
  readonly status?: number;
  /** As index and errno; the first step maps the page. */
  readonly report?: readonly [number, number];
  /** qemu-user knows no clone3(2), and no filters. */
  readonly native?: true;
}

const CASES: readonly Case[] = [
  { name: "no steps: the program ends with 0", steps: () => [] },
  { name: "the end of the steps is the end with 0", steps: () => [say("hello\n")], stdout: "hello\n" },
  { name: "exit_group ends with its status", steps: () => [exit(7), say("never")], status: 7 },
  {
    name: "results of calls are arguments of later ones",
    steps: () => {
      const file = slot("file");
      const length = slot("length");
      return [
        call("make a file", "memfd_create", ["x", 1], { result: file }),
        call("write to it", "write", [file, "through a file", 14], { result: length }),
        call("go back", "lseek", [file, 0, 0]),
        call("print it", "sendfile", [1, file, 0, length]),
        call("exit", "exit_group", [length]),
      ];
    },
    stdout: "through a file",
    status: 14,
  },
  {
    name: "words hold strings, bytes, buffers, words and 64-bit numbers",
    steps: () => {
      const nested = words(0x1_0000_0002, -1, 2n ** 64n - 2n, 2n ** 63n);
      const text = bytes("text", encode("<from a buffer>"));
      return [call("print", "writev", [1, words("é", 2, encode("bytes"), 5, text, 15, nested, 32), 4])];
    },
    stdout: Buffer.concat([
      Buffer.from("ébytes<from a buffer>"),
      numbers(0x1_0000_0002n, 2n ** 64n - 1n, 2n ** 64n - 2n, 2n ** 63n),
    ]),
  },
  {
    name: "text beyond ASCII is where its neighbours are told it is",
    steps: () => [say("één\n"), say("日本語\n"), say("plain\n"), say("🙂\n")],
    stdout: "één\n日本語\nplain\n🙂\n",
  },
  {
    name: "what is named twice is one place",
    steps: () => {
      const memory = buffer("memory", 4);
      const array = words(memory, 4);
      return [
        { op: "store", into: memory, offset: 0, width: 4, value: 0x21696821 },
        call("print", "writev", [1, array, 1]),
        call("print", "writev", [1, array, 1]),
        call("print", "write", [1, memory, 4]),
      ];
    },
    stdout: "!hi!!hi!!hi!",
  },
  {
    name: "numbers of all sizes arrive",
    steps: () => {
      const memory = buffer("memory", 48);
      const values = [-1, 0x7fffffff, 0xffffffff, 2 ** 53 - 1, -(2 ** 53) + 1, 2n ** 64n - 1n];
      const stores = values.map(
        (value, index): Step => ({ op: "store", into: memory, offset: index * 8, width: 8, value }),
      );
      return [...stores, call("print", "write", [1, memory, 48])];
    },
    stdout: numbers(
      2n ** 64n - 1n,
      0x7fffffffn,
      0xffffffffn,
      2n ** 53n - 1n,
      2n ** 64n - 2n ** 53n + 1n,
      2n ** 64n - 1n,
    ),
  },
  {
    name: "store and at take 4 or 8 bytes",
    steps: () => {
      const memory = buffer("memory", 24);
      const value = slot("value");
      return [
        { op: "assign", slot: value, value: 0x1122334455667788n },
        { op: "store", into: memory, offset: 0, width: 8, value },
        { op: "store", into: memory, offset: 8, width: 4, value },
        { op: "store", into: memory, offset: 16, width: 8, value: at(memory, 4) },
        call("print", "write", [1, memory, 24]),
      ];
    },
    stdout: numbers(0x1122334455667788n, 0x55667788n, 0x11223344n),
  },
  {
    name: "at is an argument in every place",
    steps: () => {
      const memory = buffer("memory", 32);
      const stores = [1, 5, 0].map(
        (value, index): Step => ({ op: "store", into: memory, offset: index * 8, width: 8, value }),
      );
      return [
        ...stores,
        call("print", "write", [at(memory, 0), "12345", at(memory, 8, 8)]),
        call("exit", "exit_group", [at(memory, 8)]),
      ];
    },
    stdout: "12345",
    status: 5,
  },
  {
    name: "assign gives the address of a text",
    steps: () => {
      const text = slot("text");
      return [{ op: "assign", slot: text, value: "assigned" }, call("print", "write", [1, text, 8])];
    },
    stdout: "assigned",
  },
  {
    name: "a failed call ends the program with 1, even without a report page",
    steps: () => [BAD, say("never")],
    status: 1,
  },
  {
    name: "a failed call leaves its step and errno",
    steps: () => [mapReport(), say("before"), BAD, say("never")],
    stdout: "before",
    status: 1,
    report: [3, E.EBADF],
  },
  {
    name: "steps count through blocks, before those inside them",
    steps: () => [
      mapReport(),
      {
        op: "attempt",
        on: [E.EBADF],
        steps: [BAD],
        otherwise: [{ op: "when", value: 1, equals: 2, then: [BAD], otherwise: [fail(E.EXDEV)] }],
      },
    ],
    status: 1,
    report: [6, E.EXDEV],
  },
  {
    name: "a tolerated errno goes on, and is the result",
    steps: () => {
      const result = slot("result");
      return [
        call("close nothing", "close", [1000], { result, tolerate: [E.ENOENT, E.EBADF] }),
        { op: "when", value: result, equals: -E.EBADF, then: [say("EBADF")] },
      ];
    },
    stdout: "EBADF",
  },
  {
    name: "an errno that is not tolerated fails",
    steps: () => [mapReport(), call("close nothing", "close", [1000], { tolerate: [E.ENOENT] })],
    status: 1,
    report: [2, E.EBADF],
  },
  {
    name: "an attempt goes on with the alternative in place of the rest",
    steps: () => [
      { op: "attempt", on: [E.ENOENT, E.EBADF], steps: [say("a"), BAD, say("never")], otherwise: [say("b")] },
      say("c"),
    ],
    stdout: "abc",
  },
  {
    name: "an attempt that works leaves the alternative out",
    steps: () => [{ op: "attempt", on: "any", steps: [say("a")], otherwise: [say("never")] }, say("c")],
    stdout: "ac",
  },
  {
    name: "an attempt lets other errnos through, to the one around it",
    steps: () => [
      {
        op: "attempt",
        on: "any",
        steps: [{ op: "attempt", on: [E.ENOENT], steps: [BAD], otherwise: [say("never")] }, say("never")],
        otherwise: [say("outer")],
      },
    ],
    stdout: "outer",
  },
  {
    name: "an attempt is over in its alternative, and after it",
    steps: () => [
      mapReport(),
      {
        op: "attempt",
        on: "any",
        steps: [{ op: "attempt", on: "any", steps: [BAD], otherwise: [say("1"), BAD] }],
        otherwise: [say("2")],
      },
      BAD,
    ],
    stdout: "12",
    status: 1,
    report: [8, E.EBADF],
  },
  {
    name: "an attempt on nothing catches nothing",
    steps: () => [mapReport(), { op: "attempt", on: [], steps: [fail(E.EPERM)], otherwise: [] }],
    status: 1,
    report: [3, E.EPERM],
  },
  {
    name: "fail is caught like a call",
    steps: () => [{ op: "attempt", on: [E.ESTALE], steps: [fail(E.ESTALE)], otherwise: [say("caught")] }],
    stdout: "caught",
  },
  {
    name: "when compares what the mask leaves",
    steps: () => {
      const memory = buffer("memory", 8);
      return [
        { op: "store", into: memory, offset: 0, width: 8, value: -2 },
        { op: "when", value: at(memory, 0), equals: 0xfffffffe, then: [say("1")], otherwise: [say("-")] },
        { op: "when", value: at(memory, 0, 8), equals: -2, then: [say("2")], otherwise: [say("-")] },
        { op: "when", value: at(memory, 0, 8), mask: 0xff, equals: 0xfe, then: [say("3")] },
        { op: "when", value: at(memory, 0, 8), mask: 0xffffffff, equals: 0xfffffffe, then: [say("4")] },
        { op: "when", value: at(memory, 0, 8), mask: 2 ** 40, equals: 2 ** 40, then: [say("5")] },
        { op: "when", value: at(memory, 0, 8), equals: 0xfffffffe, then: [say("-")], otherwise: [say("6")] },
        { op: "when", value: 0o40755, mask: 0o170000, equals: 0o40000, then: [say("7")] },
      ];
    },
    stdout: "1234567",
  },
  {
    name: "a filled report page keeps the first failure",
    steps: () => {
      const file = slot("report");
      return [
        mapReport(),
        { op: "assign", slot: file, value: 3 },
        call("fill the page", "pwrite64", [file, words(9 + E.EIO * 2 ** 32), 8, 0]),
        BAD,
      ];
    },
    status: 1,
    report: [9, E.EIO],
  },
  {
    name: "each runs its steps for every item of the table",
    steps: () => {
      const [text, length] = [slot("text"), slot("length")];
      return [
        {
          op: "each",
          items: [
            ["one ", 4],
            ["zwei ", 5],
            ["drei ", 5],
          ],
          into: [text, length],
          steps: [call("say {}", "write", [1, text, length])],
        },
        { op: "each", items: [], into: [text], steps: [say("never")] },
        say("done"),
      ];
    },
    stdout: "one zwei drei done",
  },
  {
    name: "steps of a table count for each item",
    steps: () => {
      const fd = slot("fd");
      return [
        mapReport(),
        {
          op: "each",
          items: [[1000], [1001], [1], [1002]],
          into: [fd],
          steps: [
            call("close {}", "close", [fd], { tolerate: [E.EBADF] }),
            { op: "when", value: fd, equals: 1, then: [fail(E.EXDEV)] },
          ],
        },
      ];
    },
    status: 1,
    // Three steps for each of two items, then the third of the third.
    report: [1 + 3 + 3 + 3, E.EXDEV],
  },
  {
    name: "what follows a table counts on",
    steps: () => {
      const fd = slot("fd");
      const close = call("close {}", "close", [fd], { tolerate: [E.EBADF] });
      const table: Step = { op: "each", items: [[1000], [1001]], into: [fd], steps: [close] };
      return [mapReport(), table, table, say("x"), BAD];
    },
    stdout: "x",
    status: 1,
    report: [1 + 2 + 2 + 2, E.EBADF],
  },
  {
    name: "an attempt in a table is over with its item",
    steps: () => {
      const fd = slot("fd");
      return [
        mapReport(),
        {
          op: "each",
          items: [[1000], [1001]],
          into: [fd],
          steps: [{ op: "attempt", on: "any", steps: [call("close", "close", [fd])], otherwise: [say(".")] }],
        },
        BAD,
      ];
    },
    stdout: "..",
    status: 1,
    report: [1 + 3 + 3 + 1, E.EBADF],
  },
  {
    name: "clone runs the child, and gives the parent its pid",
    native: true,
    steps: () => {
      const pid = slot("pid");
      const status = buffer("status", 8);
      return [
        {
          op: "clone",
          doing: "fork",
          args: words(0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0),
          result: pid,
          child: [say("child,")],
          parent: [call("wait", "wait4", [pid, status, 0, 0]), say("parent")],
        },
        { op: "when", value: pid, equals: 0, then: [say("never")] },
        call("exit", "exit_group", [at(status, 0)]),
      ];
    },
    stdout: "child,parent",
  },
  {
    name: "a child's failure is its own: no attempt of its parent's reaches into it, and the first report stays",
    native: true,
    steps: () => {
      const pid = slot("pid");
      return [
        mapReport(),
        {
          op: "attempt",
          on: "any",
          steps: [
            {
              op: "clone",
              doing: "fork",
              args: bytes("clone_args", numbers(0n, 0n, 0n, 0n, 17n, 0n, 0n, 0n, 0n, 0n, 0n)),
              result: pid,
              child: [fail(E.EDOM)],
              parent: [call("wait", "wait4", [pid, 0, 0, 0]), fail(E.ERANGE)],
            },
          ],
          otherwise: [say("caught in the parent"), fail(E.EXDEV)],
        },
      ];
    },
    stdout: "caught in the parent",
    status: 1,
    report: [4, E.EDOM],
  },
  {
    name: "a thread in the same memory is told apart from its maker; each waits for what the other stores",
    native: true,
    steps: () => {
      const [tid, asked, answered] = [slot("tid"), slot("asked"), slot("answered")];
      const shared = CLONE.VM | CLONE.FS | CLONE.FILES | CLONE.SIGHAND | CLONE.THREAD | CLONE.SYSVSEM;
      const pause = call("sleep", "nanosleep", [words(0, 100_000), 0]);
      return [
        {
          op: "clone",
          doing: "make a thread",
          args: words(shared, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
          result: tid,
          child: [
            { op: "while", value: asked, equals: 0, steps: [pause] },
            say("thread,"),
            { op: "assign", slot: answered, value: 1 },
            call("end the thread", "exit", [0]),
          ],
          parent: [],
        },
        say("maker,"),
        { op: "assign", slot: asked, value: 1 },
        { op: "while", value: answered, equals: 0, steps: [] },
        say("maker"),
      ];
    },
    stdout: "maker,thread,maker",
  },
  {
    name: "while: steps are done as long as the value is the one, and a failure in them is caught around it",
    steps: () => {
      const [more, next] = [slot("more"), slot("next")];
      return [
        { op: "assign", slot: next, value: 0 },
        { op: "while", value: more, equals: 1, steps: [say("never")] },
        {
          op: "while",
          value: more,
          equals: 0,
          steps: [say("."), { op: "assign", slot: more, value: next }, { op: "assign", slot: next, value: 1 }],
        },
        {
          op: "attempt",
          on: "any",
          steps: [{ op: "while", value: more, equals: 1, steps: [BAD] }],
          otherwise: [say("caught")],
        },
      ];
    },
    stdout: "..caught",
  },
  {
    name: "a refused clone is a failed step",
    native: true,
    steps: () => [
      mapReport(),
      {
        op: "clone",
        doing: "fork",
        args: words(0xff, 0, 0, 0, 0, 0, 0, 0),
        result: slot("pid"),
        child: [],
        parent: [],
      },
    ],
    status: 1,
    report: [2, E.EINVAL],
  },
];

for (const { machine, skip, native } of MACHINES) {
  for (const { name, steps, stdout = "", status = 0, report, native: needsNative } of CASES) {
    const reason = needsNative && !native ? "qemu-user does not know this" : skip;
    test(`${machine}: ${name}`, { skip: reason }, (t) => {
      const outcome = run(steps(), machine);
      if (typeof stdout === "string") t.equal(outcome.stdout.toString(), stdout);
      else t.equal(outcome.stdout.toString("hex"), stdout.toString("hex"));
      t.equal(outcome.status, status);
      t.strictSame(outcome.report, report && { index: report[0], errno: report[1] });
      t.end();
    });
  }

  test(`${machine}: a long program`, { skip }, (t) => {
    const steps = Array.from({ length: 2000 }, (_, index) => say(String(index % 10)));
    t.equal(run(steps, machine).stdout.toString(), steps.map((_, index) => index % 10).join(""));
    t.end();
  });
}

test("aarch64: its flags of open(2) are other ones", { skip: MACHINES[1]?.skip ?? false }, (t) => {
  const open = (path: string, flags: number): Step => call("open", "openat", [AT_FDCWD, path, flags, 0]);
  const { status, report } = run(
    [mapReport(), open("/proc/stat", 0), open("/proc/stat", OPEN_FLAGS.DIRECTORY)],
    "aarch64",
  );
  t.strictSame({ status, report }, { status: 1, report: { index: 3, errno: E.ENOTDIR } });
  t.equal(run([mapReport(), open("/proc/net", OPEN_FLAGS.NOFOLLOW)], "aarch64").report?.errno, E.ELOOP);
  t.end();
});

test("a refused exit is a trap", { skip: MACHINES[0]?.native ? false : "needs x86-64" }, (t) => {
  // seccomp(2): load the number, answer EPERM to exit_group (231), else allow.
  const filter = new Uint8Array(new Uint32Array([0x20, 0, 0x01000015, 231, 0x06, 0x00050001, 0x06, 0x7fff0000]).buffer);
  const steps = [
    call("forbid new privileges", "prctl", [38, 1, 0, 0, 0]),
    call("forbid to leave", "seccomp", [1, 0, words(4, filter)]),
  ];
  const { status, signal } = run(steps, "x86-64");
  t.strictSame({ status, signal }, { status: null, signal: "SIGILL" });
  t.end();
});

test("compile() refuses a table where its steps could not be counted", (t) => {
  const table: Step = { op: "each", items: [[1]], into: [slot("n")], steps: [BAD] };
  const attempt: Step = { op: "attempt", on: "any", steps: [table], otherwise: [] };
  for (const steps of [[attempt], [{ ...table, steps: [table] }]]) {
    t.throws(() => compile(steps, "x86-64", encode), { message: "a table of steps stands in an attempt or a table" });
  }
  t.end();
});

test("compile() refuses calls that the machine lacks", (t) => {
  t.throws(() => compile([call("open", "open", ["/", 0])], "aarch64", encode), {
    message: "aarch64 has no system call open",
  });
  t.end();
});

test("compile() counts and finds steps", (t) => {
  const last = fail(E.EIO);
  const program = compile([{ op: "attempt", on: "any", steps: [BAD], otherwise: [last] }], "x86-64", encode);
  t.equal(program.size, 3);
  t.equal(program.step(2), BAD);
  t.equal(program.step(3), last);
  t.throws(() => program.step(4), { message: "a program of 3 steps has no step 4" });
  t.end();
});
