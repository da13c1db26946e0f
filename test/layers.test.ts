/** The rules of the tree that no compiler checks: who may import whom, how long a file is, which words need a reason. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "tap";
import { type SyscallName, syscallNumber } from "../lib/linux/syscalls.ts";

/** Rows import only from rows below; folders of one row not from each other. */
const ROWS = [
  ["cli"],
  ["container"],
  ["process", "state", "cgroup", "resctrl"],
  ["init"],
  ["spec"],
  ["program", "seccomp", "systemd"],
  ["config"],
  ["sys"],
  ["linux"],
  ["base"],
];

const LONGEST = 300;

interface Ban {
  readonly words: RegExp;
  /** The one file or folder (ending in a slash) of lib/ that may say it. */
  readonly outside?: string;
  readonly because: string;
}

const BANS: readonly Ban[] = [
  { words: /"runt:ffi"/, outside: "sys/ffi.ts", because: "one file is the fence to the engine and the kernel" },
  {
    words: /from "(node:|std"|os")/,
    because: "runt runs in QuickJS alone: Node's modules and QuickJS's own are not linked",
  },
  { words: /\b(eval|Function)\(/, because: "the executable holds no compiler" },
  {
    words: /\bimport\(/,
    because: "modules are loaded when runt is built: to import late is to load at run time what was free",
  },
  { words: /\bMath\.random\b/, because: "it is seeded when runt is built: every command would draw the same numbers" },
  { words: /\bas unknown as\b/, outside: "sys/", because: "two casts silence a type that is wrong" },
  {
    words: /@ts-(ignore|expect-error|nocheck)/,
    because: "the compiler is right until it is shown wrong in the type itself",
  },
  { words: /\b(TODO|FIXME|XXX|HACK)\b/, because: "what is left to do stands in an issue, where it is seen" },
  {
    words: /\bO\.CREAT\b/,
    outside: "sys/",
    because: "creating by name follows planted links; sys/ knows the flags that do not",
  },
  {
    words: /\b(must|syscall)\("(pivot_root|mount)"/,
    outside: "init/",
    because: "mounts are made in the container's own namespace, by the init program",
  },
  {
    words: /\b(must|syscall)\("umount2"/,
    outside: "container/host-root.ts",
    because: "mounts end with the container's namespace, unless it has none",
  },
  {
    words: /\/proc\/self\/exe\b/,
    outside: "sys/",
    because: "runt's own file is never to be reached by way of a container (CVE-2019-5736)",
  },
];

/** Modules of pure functions without a test of their own: path → why that is enough. */
const UNTESTED: Readonly<Record<string, string>> = {
  "lib/init/clocks.ts": "shown by test/container/time-namespace.test.ts",
  "lib/init/console.ts": "shown by test/process/terminal.test.ts, on real terminals",
  "lib/init/directory.ts": "shown by test/process/cwd.test.ts and test/security/cwd-outside-root.test.ts",
  "lib/init/executable.ts": "shown by test/process/args.test.ts",
  "lib/init/handles.ts": "types, and a list of their fields",
  "lib/init/hooks.ts": "shown by test/process/hooks.test.ts and hook-failures.test.ts",
  "lib/init/id-maps.ts": "shown by test/container/idmapped-mounts.test.ts",
  "lib/init/keyring.ts": "two calls, whose effect depends on the kernel's keyrings",
  "lib/init/listener.ts": "shown by create-sequence.test.ts and test/container/seccomp-notify.test.ts",
  "lib/init/mount-cells.ts": "shown by mount-table.test.ts",
  "lib/init/network.ts": "shown by test/container/namespaces.test.ts and net-devices.test.ts",
  "lib/init/page.ts": "the first step of every program",
  "lib/init/process.ts": "shown by create-sequence.test.ts and exec-sequence.test.ts",
  "lib/init/rights.ts": "shown by test/process/terminal.test.ts, on real terminals",
  "lib/init/stage1.ts": "its order is shown by create-sequence.test.ts, its effects by test/container",
  "lib/init/device-bind.ts": "shown by test/container/user-namespace.test.ts, on real devices",
  "lib/init/sources.ts": "shown by test/container/user-namespace.test.ts",
  "lib/init/start.ts": "shown by create-sequence.test.ts and test/state/lifecycle.test.ts",
  "lib/init/sync.ts": "shown by test/state/interrupted.test.ts",
  "lib/init/sysctl.ts": "shown by test/container/sysctl.test.ts and test/security/procfs-writes.test.ts",
  "lib/init/uts.ts": "shown by test/container/hostname.test.ts",
  "lib/spec/annotations.ts": "names, and one comparison that test/process/user.test.ts shows",
  "lib/spec/container.ts": "puts together what the files beside it make, each with a test of its own",
};

interface Module {
  /** Relative to the root of the tree. */
  readonly path: string;
  readonly text: string;
  /** What it imports, as paths of the same kind; packages as they are named. */
  readonly imports: readonly string[];
  /** The part of `imports` that is there at run time. */
  readonly values: readonly string[];
}

const ROOT = join(import.meta.dirname, "..");
const FROM = /^(?:import|export)\s+(type\s)?[^;"]*?from\s+"([^"]+)"|import\("([^"]+)"\)/gm;

function modulesUnder(folder: string): Module[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  const paths = names
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));
  return paths.sort().map((path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    const found = [...text.matchAll(FROM)].map(([, type, from, imported]) => {
      const name = from ?? imported ?? "";
      return { type, name: name.startsWith(".") ? normalize(join(dirname(path), name)) : name };
    });
    const imports = found.map(({ name }) => name);
    return { path, text, imports, values: found.filter(({ type }) => type === undefined).map(({ name }) => name) };
  });
}

const LIB = modulesUnder("lib");
const BY_PATH = new Map(LIB.map((module) => [module.path, module]));

const pathsOf = (modules: readonly { path: string }[]): string[] => modules.map(({ path }) => path);
const edges = (modules: readonly Module[]): [string, string][] =>
  modules.flatMap(({ path, imports }) => imports.map((target): [string, string] => [path, target]));
const arrow = ([from, to]: readonly [string, string]): string => `${from} → ${to}`;
const folderOf = (path: string): string => path.split("/")[1] ?? "";
const rowOf = (path: string): number => ROWS.findIndex((row) => row.includes(folderOf(path)));

/** Whether the module, or one that it needs at run time, calls the kernel. */
function reachesSys(path: string, seen = new Set<string>()): boolean {
  if (folderOf(path) === "sys") return true;
  if (seen.has(path)) return false;
  seen.add(path);
  return BY_PATH.get(path)?.values.some((next) => reachesSys(next, seen)) ?? false;
}

test("every folder of lib/ has a row", (t) => {
  t.ok(LIB.length > 0);
  t.strictSame(
    pathsOf(LIB).filter((path) => rowOf(path) < 0),
    [],
  );
  t.end();
});

test("imports go down, and never sideways", (t) => {
  const outward = edges(LIB).filter(([from, to]) => to.startsWith("lib/") && folderOf(from) !== folderOf(to));
  t.strictSame(outward.filter(([from, to]) => rowOf(to) <= rowOf(from)).map(arrow), []);
  t.end();
});

test("lib/ imports itself only, the entry imports cli/ only", (t) => {
  // Packages that the bundler takes in belong to what a person reads: help, debug, what is wrong with config.json.
  const foreign = edges(LIB).filter(([, to]) => !/^(lib|dist)\/|^runt:ffi$/.test(to));
  const packages = foreign.filter(([from]) => !["cli", "config"].includes(folderOf(from)));
  t.strictSame(packages.map(arrow), []);
  const entry = edges(modulesUnder("bin")).filter(([from]) => from === "bin/runt.ts");
  t.ok(entry.length > 0);
  t.strictSame(entry.filter(([, to]) => !to.startsWith("lib/cli/")).map(arrow), []);
  t.end();
});

test("no module stands for a folder, and none imports in a circle", (t) => {
  t.strictSame(
    pathsOf(LIB).filter((path) => /\/(index|mod)\.ts$/.test(path)),
    [],
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of BY_PATH.get(path)?.values ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of LIB) walk(path, []);
  t.strictSame(circles, []);
  t.end();
});

test(`no file is longer than ${LONGEST} lines`, (t) => {
  const names = ["lib", "bin", "bench", "conformance", "test"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const sources = names.filter((name) => /\.([ch]|ts|sh)$/.test(name));
  t.strictSame(
    sources.filter((path) => readFileSync(join(ROOT, path), "utf8").split("\n").length - 1 > LONGEST),
    [],
  );
  t.end();
});

for (const { words, outside, because } of BANS) {
  test(`lib/ does not say ${words.source}: ${because}`, (t) => {
    const others = LIB.filter(({ path }) => outside === undefined || !path.startsWith(`lib/${outside}`));
    const said = others.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) => (words.test(line) ? [`${path}:${index + 1}`] : [])),
    );
    t.strictSame(said, []);
    t.end();
  });
}

test("no test, and nothing else around lib/, silences a type by two casts", (t) => {
  const others = ["bin", "bench", "conformance", "test"].flatMap(modulesUnder);
  const casts = others.filter(({ path, text }) => path !== "test/layers.test.ts" && /\bas unknown as\b/.test(text));
  t.strictSame(pathsOf(casts), []);
  t.end();
});

test("both machines have every system call that is named", (t) => {
  const named = LIB.flatMap(({ path, text }) =>
    [...text.matchAll(/\b(?:must|syscall|call)\(\s*"([a-z0-9_]+)"/g)].map(([, name]) => ({
      path,
      name: name as SyscallName,
    })),
  );
  // call() of runt:ffi names C functions.
  const calls = named.filter(
    ({ path, name }) => !["seccomp", "systemd"].includes(folderOf(path)) && !/^(seccomp|dbus|bus|image)_/.test(name),
  );
  for (const machine of ["x86-64", "aarch64"] as const) {
    const missing = calls.filter(({ name }) => typeof syscallNumber(machine, name) !== "number");
    t.strictSame(
      missing.map(({ path, name }) => `${path}: ${name}`),
      [],
      machine,
    );
  }
  t.end();
});

test("pure functions have a test at the same path", (t) => {
  const tests = new Set(readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" }));
  const pure = LIB.filter(({ path, text }) => /^export (async )?function/m.test(text) && !reachesSys(path));
  const mirror = (path: string): string => path.replace(/^lib\//, "").replace(/\.ts$/, ".test.ts");
  t.strictSame(
    pathsOf(pure).filter((path) => !tests.has(mirror(path)) && !(path in UNTESTED)),
    [],
  );
  t.strictSame(
    Object.keys(UNTESTED).filter((path) => !BY_PATH.has(path)),
    [],
  );
  t.end();
});
