/** The heap made at build time: what modules did as they loaded is there when main runs, and only main calls the system. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { bundle } from "../../bin/build/bundle.ts";
import { engine } from "../../bin/build/engine.ts";
import { link } from "../../bin/build/link.ts";

/** Builds an executable whose entry is `source`: its path. */
async function build(t: Test, source: string): Promise<string> {
  const folder = t.testdir({});
  const file = (name: string): string => join(folder, name);
  writeFileSync(file("entry.ts"), source);
  await bundle(file("entry.ts"), file("script.js"), { __VERSION__: '"1.2.3"' });
  await link(await engine(), file("script.js"), folder, file("product"));
  return file("product");
}

/** Runs it: exit status and output. */
function run(product: string, ...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(product, words, { encoding: "utf8", env: { NAME: "value", EMPTY: "" } });
}

const FFI = JSON.stringify(join(import.meta.dirname, "../../lib/sys/ffi.ts"));

const ENTRY = `
import { argv, call, decode, encode, environ, must, variable } from ${FFI};
const loaded = new Map([["a", { list: [1, 2n, "three"] }]]);
const key = { an: "object" };
const byObject = new Map([[key, /^v(?<rest>.*)$/u]]);
const seen = new WeakMap([[key, "seen"]]);
let calls = 0;
const print = (value: unknown): void => {
  const line = encode(JSON.stringify(value) + "\\n");
  must("write", 1, line, line.length);
};
const COMMANDS: Record<string, () => unknown> = {
  state: () => [loaded.get("a")?.list.map(String), byObject.get(key)?.exec("value")?.groups?.rest, ++calls],
  process: () => [argv.slice(2), environ().filter((entry) => entry.startsWith("NAME")), variable("NAME"), variable("NAM"), variable("EMPTY")],
  version: () => __VERSION__,
  grow: () => {
    const blocks = Array.from({ length: 300 }, (_, i) => new Uint8Array(i * 997).fill(i));
    const objects = Array.from({ length: 50_000 }, (_, i) => ({ i, text: "text" + i }));
    const sound = blocks.every((block, i) => block.every((byte) => byte === (i & 255)));
    return [sound, objects.every(({ i, text }) => text === "text" + i)];
  },
  place: () => [String(call("seccomp_version")), seen.get(key)],
  circles: () => {
    for (let i = 0; i < 200_000; i++) {
      const ring: { next?: unknown; load: string } = { load: "x".repeat(100) + i };
      ring.next = ring;
    }
    const status = new Uint8Array(4096);
    must("read", must("openat", -100, "/proc/self/status", 0, 0), status, status.length);
    return /VmHWM:\\s+(\\d+) kB/.exec(decode(status))?.[1];
  },
  throw: () => { throw new RangeError("thrown"); },
  exhaust: () => { const deep = (): number => 1 + deep(); return deep(); },
};
declare const __VERSION__: string;
export function main(): number | Promise<number> {
  const command = argv[1] ?? "";
  if (command === "later") return Promise.resolve(5);
  if (command === "never") return new Promise<number>(() => undefined);
  if (command === "reject") return Promise.reject(new Error("rejected"));
  print(COMMANDS[command]?.());
  return 3;
}
`;

test("main runs in the heap that loading its modules left", async (t) => {
  const product = await build(t, ENTRY);
  const answer = (word: string, ...more: string[]): unknown => JSON.parse(run(product, word, ...more).stdout);
  t.strictSame(answer("state"), [["1", "2", "three"], "alue", 1]);
  t.strictSame(answer("state"), [["1", "2", "three"], "alue", 1], "every time anew");
  t.strictSame(answer("process", "é", ""), [["é", ""], ["NAME=value"], "value", null, null]);
  t.equal(answer("version"), "1.2.3");
  t.strictSame(answer("grow"), [true, true], "and past it");
  t.ok(Number(answer("circles")) < 20_000, "what goes in circles is collected: kilobytes");

  t.equal(run(product, "state").status, 3, "what main returns is the exit status");
  t.equal(run(product, "later").status, 5, "or what it promises");
  const failures: [string, RegExp][] = [
    ["throw", /^runt: internal error: RangeError: thrown\n {4}at throw\n {4}at main\n/],
    ["reject", /^runt: internal error: Error: rejected\n/],
    ["never", /^runt: internal error: nothing is left to do, and main waits\n/],
    ["exhaust", /^runt: internal error: \w+: (Maximum call stack size exceeded|stack overflow)/],
  ];
  for (const [word, said] of failures) {
    const { status, stderr, stdout } = run(product, word);
    t.strictSame([status, stdout], [1, ""], word);
    t.match(stderr, said);
  }
});

test("the executable is a static-pie, whose heap is right wherever the kernel puts it", async (t) => {
  const product = await build(t, ENTRY);
  const header = readFileSync(product);
  t.equal(header.readUInt16LE(16), 3, "e_type: ET_DYN");
  const programHeaders = Array.from({ length: header.readUInt16LE(56) }, (_, i) => header.readUInt32LE(64 + 56 * i));
  t.notOk(programHeaders.includes(3), "no PT_INTERP");
  const answers = Array.from({ length: 10 }, () => JSON.parse(run(product, "place").stdout) as [string, string]);
  t.ok(new Set(answers.map(([address]) => address)).size > 1, "what is in the program is at another place each time");
  t.same(new Set(answers.map(([, value]) => value)), new Set(["seen"]));
});

test("a module that calls the system as it loads does not get built", async (t) => {
  const source = `import { must } from ${FFI};\nconst pid = must("getpid");\nexport const main = () => pid;`;
  await t.rejects(build(t, source), /a module calls the system as it loads/);
  t.notOk(existsSync(join(t.testdirName, "product")));
});
