import { test } from "tap";
import type { Problem } from "../../lib/config/explain.ts";
import { parseConfig } from "../../lib/config/load.ts";
import { changed, FULL, faults, faultsOf, problemsOf, valuesOf } from "./support.ts";

const problems = (text: string): readonly Problem[] => problemsOf(parseConfig, text);

test("a text that is no JSON has that one problem", (t) => {
  t.strictSame(problems('{\n  "a" 1}'), [
    { line: 2, column: 7, pointer: "", expected: "be JSON", found: 'a colon is missing before "1"' },
  ]);
  t.end();
});

test("a problem stands where its value is; what is missing, where it should be; null is missing, but seen", (t) => {
  const text = `{
  "ociVersion": "1.3.0",
  "root": {},
  "process": { "args": [],
\t"cwd": null },
  "linux": { "sysctl": { "net/ipv4~": 5 } },
  "hostname": "a", "hostname": 7
}`;
  t.strictSame(
    problems(text).map(({ line, column, pointer, found }) => `${line}:${column} ${pointer}: ${found}`),
    [
      "3:11 /root/path: it is missing",
      "4:24 /process/args: it is an empty array",
      "5:9 /process/cwd: it is null",
      "6:39 /linux/sysctl/net~1ipv4~0: it is 5",
      "7:32 /hostname: it is 7",
    ],
  );
  t.end();
});

test("the kind of value that is right, in words", (t) => {
  const words: readonly [pointer: string, value: unknown, fault: string][] = [
    ["/ociVersion", 1, "be a string: it is 1"],
    ["/root", [], "be an object: it is an empty array"],
    ["/root/path", "", 'be a non-empty path: it is ""'],
    ["/root/readonly", 1, "be true or false: it is 1"],
    ["/hostname", "h".repeat(65), `be a string of at most 64 characters: it is "${"h".repeat(59)}…"`],
    ["/process/args", [], "be an array of at least 1 entry: it is an empty array"],
    ["/process/env", {}, "be an array: it is an object"],
    ["/process/cwd", "a", 'be an absolute path: it is "a"'],
    ["/process/oomScoreAdj", 1001, "be an integer from -1000 to 1000: it is 1001"],
    ["/process/umask", 1, ""],
    ["/process/user/umask", 0.5, "be an integer from 0 to 4294967295: it is 0.5"],
    ["/process/ioPriority/class", "RT", 'be "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE" or "IOPRIO_CLASS_IDLE": it is "RT"'],
    ["/linux/resources/cpu/shares", -1, "be an integer from 0 to 18446744073709551615: it is -1"],
    ["/linux/resources/cpu/quota", "1", 'be an integer from -9223372036854775808 to 9223372036854775807: it is "1"'],
    ["/linux/resources/devices/0/access", "x", 'be a combination of r, w and m: it is "x"'],
    ["/linux/resources/hugepageLimits/0/pageSize", "2", 'be a size such as 2MB: it is "2"'],
    ["/linux/intelRdt/closID", "..", 'be a name of a directory, or /: it is ".."'],
    ["/linux/intelRdt/memBwSchema", "x", 'be a line that begins with MB:: it is "x"'],
    ["/linux/intelRdt/schemata/0", "a\nb", 'be a single line: it is "a\\nb"'],
    ["/linux/personality/flags", ["x"], "be an empty array: it is an array"],
    ["/linux/personality/domain", undefined, 'be "LINUX" or "LINUX32": it is missing'],
  ];
  for (const [pointer, value, fault] of words) {
    const expected = fault === "" ? [] : [`${pointer} must ${fault}`];
    t.strictSame(faultsOf(parseConfig, JSON.stringify(changed(FULL, pointer, value))), expected, pointer);
  }
  t.end();
});

test("all problems come at once, in the order of the file, of schema and rules alike", (t) => {
  const found = faults({
    process: {
      cwd: "x",
      args: [],
      rlimits: [{ type: "RLIMIT_FOO", soft: 1, hard: 1 }],
      user: { uid: 4294967295, gid: -1 },
    },
    hostname: "h",
    linux: {
      namespaces: [{ type: "pid" }, { type: "pid" }],
      sysctl: { "kernel.hostname": "x", "vm.swappiness": "1" },
      resources: { memory: { limit: -2, swap: 1 }, cpu: { quota: 1, burst: 2 } },
    },
  });
  t.strictSame(
    found.map((line) => line.slice(0, line.indexOf(" "))),
    [
      "/process/cwd",
      "/process/args",
      "/process/rlimits/0/type",
      "/process/user/gid",
      "/hostname",
      "/linux/namespaces/1/type",
      "/linux/sysctl/kernel.hostname",
      "/linux/sysctl/vm.swappiness",
      "/linux/resources/memory/limit",
      "/linux/resources/cpu/burst",
    ],
  );
  t.end();
});

test("a rule is not asked about what the schema refuses", (t) => {
  const rows: readonly [linux: unknown, pointers: string[]][] = [
    [5, ["/linux"]],
    [{ namespaces: 5 }, ["/linux/namespaces"]],
    [{ namespaces: [{}] }, ["/linux/namespaces/0/type"]],
    [{ sysctl: [] }, ["/hostname", "/linux/sysctl"]],
    [{ seccomp: { syscalls: [5] } }, ["/hostname", "/linux/seccomp/defaultAction", "/linux/seccomp/syscalls/0"]],
  ];
  for (const [linux, pointers] of rows) {
    const found = faults({ hostname: "h", linux });
    t.strictSame(
      found.map((line) => line.slice(0, line.indexOf(" "))),
      pointers,
    );
  }
  t.end();
});

/** A value of another type than the given one, for which no property of the spec has a use. */
function another(value: unknown): unknown {
  if (Array.isArray(value)) return { wrong: true };
  return typeof value === "object" ? ["wrong"] : { wrong: true };
}

test("a value of the wrong type is named, whichever it is", (t) => {
  const missed: string[] = [];
  let count = 0;
  for (const { pointer, value } of valuesOf(FULL)) {
    count++;
    const text = JSON.stringify(changed(FULL, pointer, another(value)));
    const named = problems(text).map((problem) => problem.pointer);
    if (!named.includes(pointer)) missed.push(`${pointer}: ${named}`);
  }
  t.strictSame(missed, []);
  t.ok(count > 250, `${count} values`);
  t.end();
});

test("a number out of every range, or with a fraction, is named", (t) => {
  const missed: string[] = [];
  for (const { pointer, value } of valuesOf(FULL)) {
    if (typeof value !== "number") continue;
    for (const wrong of [-1e30, 1e30, 0.5]) {
      const named = problems(JSON.stringify(changed(FULL, pointer, wrong))).map((problem) => problem.pointer);
      if (!named.includes(pointer)) missed.push(`${pointer} = ${wrong}: ${named}`);
    }
  }
  t.strictSame(missed, []);
  t.end();
});
