/** "runt:ffi", in an engine whose heap the address sanitizer watches: what each function gives, and what it refuses. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { test } from "tap";
import { engine } from "../../bin/build/engine.ts";
import { debianHeaders, WARNINGS } from "../../bin/build/link.ts";

/** An expression, and its value as JSON or what its error says. */
type Case = readonly [source: string, expected: unknown];

const bytes = (...values: number[]): string => `new Uint8Array([${values}])`;

const TEXT: readonly Case[] = [
  ["[...encode('aé€😀')]", [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80]],
  ["encode('a\\0b').length", 3],
  ["encode('').length", 0],
  ["decode(encode('aé€😀\\0'))", "aé€😀\0"],
  ["decode(encode('some\\nascii and then é').buffer)", "some\nascii and then é"],
  ["decode(encode('abcdef'), 2)", "cdef"],
  ["decode(encode('abcdef'), 2, 3)", "cde"],
  ["decode(encode('abcdef'), undefined, 1)", "a"],
  ["decode(encode('abcdef').subarray(1, 3))", "bc"],
  ["decode(encode('abc'), 3)", ""],
  [`decode(${bytes()})`, ""],
  [`decode(${bytes(0x80, 0x0a, 0x61)})`, "\ufffd\na"],
  [`decode(${bytes(0xff, 0x41, 0xc3)})`, "\ufffdA\ufffd"],
  [`decode(${bytes(0xe2, 0x82, 0x0a)})`, "\ufffd\ufffd\n"],
  [`decode(${bytes(0xc0, 0xaf)})`, "\ufffd\ufffd"],
  [`decode(${bytes(0xe0, 0x80, 0x80)})`, "\ufffd\ufffd\ufffd"],
  [`decode(${bytes(0xed, 0xa0, 0x80)})`, "\ufffd\ufffd\ufffd"],
  [`decode(${bytes(0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80)})`, "\ud7ff\ue000"],
  [`decode(${bytes(0xf4, 0x90, 0x80, 0x80)})`, "\ufffd\ufffd\ufffd\ufffd"],
  ["decode(encode('abc'), 4)", /^RangeError: bytes 4 \+ -1 of 3$/],
  ["decode(encode('abc'), -1)", /^RangeError/],
  ["decode(encode('abc'), 1, 3)", /^RangeError/],
  ["decode(encode('abc'), 0, 2n ** 62n)", /^RangeError/],
  ["decode(encode('abc'), 1.5)", /^TypeError: not a 64-bit integer$/],
  ["decode(encode('abc'), '1')", /^TypeError/],
  ["decode(encode('abc'), { valueOf: () => 1 })", /^TypeError/],
  ["decode('abc')", /^TypeError: neither a typed array nor an ArrayBuffer/],
  ["decode()", /^TypeError/],
  ["encode()", /^TypeError: not a string$/],
  ["encode(1)", /^TypeError: not a string$/],
];

const CALLS: readonly Case[] = [
  ["call('strlen', 'aé')", 3],
  ["call('strlen', encode('abc\\0'))", 3],
  ["(() => { const to = encode('....'); call('memcpy', to, 'ab', 2); return decode(to); })()", "ab.."],
  ["(() => { const to = encode('....'); return call('memcpy', to, 'ab', 2) === address(to); })()", true],
  ["call('seccomp_syscall_resolve_name', 'getpid') === 39 || call('seccomp_syscall_resolve_name', 'getpid')", true],
  ["call('seccomp_syscall_resolve_name', 'no_such_call')", -1],
  ["call('seccomp_arch_native') > 2 ** 31", true],
  ["call('seccomp_attr_get', 0, 1, new Uint32Array(1))", -22],
  ["call('seccomp_init', 0xffffffff)", 0],
  [
    "(() => { const filter = call('seccomp_init', 0x7fff0000); call('seccomp_release', filter); return filter > 0; })()",
    true,
  ],
  [
    `(() => {
      const name = call('seccomp_syscall_resolve_num_arch', call('seccomp_arch_native'), call('seccomp_syscall_resolve_name', 'read'));
      const copy = new Uint8Array(call('strlen', name));
      call('memcpy', copy, name, copy.length);
      call('free', name);
      return decode(copy);
    })()`,
    "read",
  ],
  [
    `(() => {
      const version = new Uint32Array(3);
      call('memcpy', version, call('seccomp_version'), 12);
      return version[0];
    })()`,
    2,
  ],
  ["call('system', 'true')", /^TypeError: no symbol system$/],
  ["call('strlen')", /^TypeError: strlen takes 1 arguments: 0 given$/],
  ["call('strlen', 'a', 'b')", /^TypeError: strlen takes 1 arguments: 2 given$/],
  ["call()", /^TypeError: not a string$/],
  ["call(1)", /^TypeError: not a string$/],
  ["call('str\\0len', 'a')", /^TypeError: a string with a NUL in it$/],
];

const SYSCALLS: readonly Case[] = [
  ["syscall(GETPID) > 0", true],
  ["syscall(-1)", -38],
  ["syscall(CLOSE, -1)", -9],
  ["syscall(CLOSE, -1n)", -9],
  ["syscall(CLOSE, 0xffffffff)", -9],
  ["syscall(CLOSE, 2n ** 64n - 1n)", -9],
  ["syscall(OPENAT, -100, '/no/such/file', 0)", -2],
  ["syscall(OPENAT, -100, encode('/no/such/file\\0'), 0, null, undefined)", -2],
  ["syscall(OPENAT, -100, null, 0)", -14],
  ["syscall(OPENAT, -100, '/etc/passwd\\0.txt', 0)", /^TypeError: a string with a NUL in it$/],
  [
    "(() => { const seen = new BigUint64Array(4); syscall(GETRANDOM, seen, 32, 0); return seen.some((x) => x > 0n); })()",
    true,
  ],
  [
    "(() => { const b = new Uint8Array(8); syscall(GETRANDOM, b.subarray(4), 4, 0); return [...b.subarray(0, 4)]; })()",
    [0, 0, 0, 0],
  ],
  ["syscall()", /^TypeError: a system call takes its number and up to 6 arguments$/],
  ["syscall(GETPID, 1, 2, 3, 4, 5, 6, 7)", /^TypeError/],
  ["syscall('getpid')", /^TypeError/],
  ["syscall(CLOSE, 0.5)", /^TypeError: not a 64-bit integer$/],
  ["syscall(CLOSE, NaN)", /^TypeError/],
  ["syscall(CLOSE, 2 ** 64)", /^TypeError/],
  ["syscall(CLOSE, Infinity)", /^TypeError/],
  ["syscall(CLOSE, true)", /^TypeError/],
  ["syscall(CLOSE, {})", /^TypeError/],
  ["syscall(CLOSE, [1])", /^TypeError/],
  ["syscall(CLOSE, Symbol())", /^TypeError/],
  ["syscall(CLOSE, () => 1)", /^TypeError/],
  ["syscall(CLOSE, new DataView(new ArrayBuffer(8)))", /^TypeError/],
  ["address(new ArrayBuffer(8)) > 0", true],
  ["(() => { const b = new Uint16Array(8); return address(b.subarray(3)) - address(b); })()", 6],
  ["address('text')", /^TypeError/],
  ["address()", /^TypeError/],
  ["early", "TypeError: a module calls the system as it loads, which happens when runt is built"],
];

const SPAWNS: readonly Case[] = [
  ["exitOf(spawn(open('/bin/true'), ['true'], []))", 0],
  ["exitOf(spawn(open('/bin/false'), ['false'], ['A=1']))", 1],
  ["exitOf(spawn(open('/bin/sh'), ['sh', '-c', 'test \"$A\" = é && exit 7'], ['A=é']))", 7],
  ["spawn(-1, ['x'], [])", -9],
  ["spawn(open('/etc/passwd'), ['x'], [])", -13],
  ["spawn(open('/bin/true'), 'true', [])", /^TypeError: not an array of strings$/],
  ["spawn(open('/bin/true'), ['true', 1], [])", /^TypeError: not a string$/],
  ["spawn(open('/bin/true'), ['true'], [null])", /^TypeError: not a string$/],
  ["spawn(open('/bin/true'), ['true'], ['A=1\\0'])", /^TypeError: a string with a NUL in it$/],
  ["spawn(open('/bin/true'), new Array(2 ** 32 - 1), [])", /^RangeError: more than \d+ strings$/],
  ["spawn(open('/bin/true'), ['true'])", /^TypeError/],
  ["spawn('3', ['true'], [])", /^TypeError/],
  ["argv.slice(1)", ["a word", "é"]],
  ["environ()", ["A=1", "B=\ufffd\n"]],
  ["getenv('A')", "1"],
  ["getenv('B')", "\ufffd\n"],
  ["typeof getenv('C')", "undefined"],
  ["typeof getenv('A=1')", "undefined"],
  ["getenv()", /^TypeError/],
];

const NUMBERS =
  process.arch === "x64"
    ? { GETPID: 39, CLOSE: 3, OPENAT: 257, GETRANDOM: 318, WAIT4: 61, WRITE: 1 }
    : { GETPID: 172, CLOSE: 57, OPENAT: 56, GETRANDOM: 278, WAIT4: 260, WRITE: 64 };

/** A script that answers each case with a line of JSON. It loads first, as runt does when it is built, and calls then. */
function script(cases: readonly Case[]): string {
  return `import { address, argv, call, decode, encode, environ, getenv, spawn, syscall } from "runt:ffi";
const { ${Object.keys(NUMBERS).join(", ")} } = ${JSON.stringify(NUMBERS)};
const open = (path) => syscall(OPENAT, -100, path, 0o2000000);
const exitOf = (pid) => {
  const status = new Int32Array(1);
  if (pid > 0) syscall(WAIT4, pid, status, 0, 0);
  return pid > 0 ? status[0] >> 8 : pid;
};
let early;
try {
  early = syscall(GETPID);
} catch (error) {
  early = String(error);
}
const cases = [${cases.map(([source]) => `() => ${source}`).join(",\n")}];
export function main() {
  for (const run of cases) {
    let answer;
    try {
      answer = { value: run() };
    } catch (error) {
      answer = { error: String(error) };
    }
    const line = encode(JSON.stringify(answer) + "\\n");
    syscall(WRITE, 1, line, line.length);
  }
}
`;
}

test("runt:ffi", async (t) => {
  const built = await engine();
  const folder = t.testdir({});
  const driver = `${folder}/driver`;
  const sources = ["lib/sys/ffi.c", "lib/sys/dbus.c", "lib/sys/text.c", "test/sys/driver.c"];
  const sanitize = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-no-pie"];
  const options = ["-std=gnu17", ...WARNINGS, ...sanitize, "-isystem", built.include, ...(await debianHeaders())];
  execFileSync("gcc", [...options, "-o", driver, ...sources, built.library, "-lseccomp", "-ldbus-1", "-lm"]);
  for (const [name, cases] of Object.entries({ TEXT, CALLS, SYSCALLS, SPAWNS })) {
    const file = `${folder}/${name}.js`;
    writeFileSync(file, script(cases));
    const { stdout, stderr, status } = spawnSync(driver, [file, "a word", "é"], { encoding: "utf8" });
    t.equal(stderr, "", `${name}: no complaint of a sanitizer's`);
    t.equal(status, 0, name);
    const answers = stdout.split("\n").filter(Boolean);
    for (const [index, [source, expected]] of cases.entries()) {
      const { value, error } = JSON.parse(answers[index] ?? "{}");
      if (expected instanceof RegExp) t.match(error ?? "", expected, source);
      else t.strictSame(error ?? value, expected, source);
    }
  }
});
