import { test } from "tap";
import { E } from "../../lib/linux/errno.ts";
import { OPEN_FLAGS } from "../../lib/linux/machine-aarch64.ts";
import { compile } from "../../lib/program/compile.ts";
import { at, buffer, bytes, call, type Step, slot, words } from "../../lib/program/step.ts";
import { AT_FDCWD, BAD, exit, fail, numbers, runs, say } from "./cases.ts";
import { encode, MACHINES, mapReport, run } from "./run.ts";

runs([
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
]);

for (const { machine, skip } of MACHINES) {
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
