/** The command line as engines and people meet it: exit codes, words, logs. No container is made here. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { helpText } from "../../bin/build/help.ts";
import { RUNT, run, runt } from "../support/command.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

/** A directory of the test's own, and an empty state root in it. */
function place(t: Test): { directory: string; root: string; log: string } {
  const directory = join(scratch, uniqueName());
  mkdirSync(directory, { recursive: true });
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return { directory, root: join(directory, "root"), log: join(directory, "log") };
}

const MISSING: readonly { args: string[]; code?: number; says?: string }[] = [
  { args: ["state", "nope"] },
  { args: ["start", "nope"] },
  { args: ["kill", "nope", "9"] },
  { args: ["kill", "--all", "nope", "9"] },
  { args: ["delete", "nope"] },
  { args: ["delete", "--force", "nope"], code: 0, says: "" },
  { args: ["kill", "--regex", "nope"], code: 0, says: "" },
];

for (const { args, code = 1, says = "container does not exist\n" } of MISSING) {
  test(`a container that does not exist: ${args.join(" ")}`, async (t) => {
    const { root } = place(t);
    t.same(await runt(["--root", root, ...args]), { code, stdout: "", stderr: says });
  });
}

test("no containers", async (t) => {
  const { root } = place(t);
  const title = "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n";
  t.same(await runt(["--root", root, "list"]), { code: 0, stdout: title, stderr: "" });
  t.same(await runt(["--root", root, "list", "--format", "json"]), { code: 0, stdout: "null\n", stderr: "" });
  t.same(await runt(["--root", root, "list", "-q"]), { code: 0, stdout: "", stderr: "" });
  t.notOk(existsSync(root), "asking makes nothing");
});

test("a signal that is none", async (t) => {
  const { root } = place(t);
  for (const signal of ["BADSIG", "-9", "65"]) {
    const stderr = `unknown signal ${JSON.stringify(signal)}\n`;
    t.same(await runt(["--root", root, "kill", "nope", signal]), { code: 1, stdout: "", stderr });
  }
});

const HELP: readonly [args: string[], command: Parameters<typeof helpText>[0]][] = [
  [[], undefined],
  [["--help"], undefined],
  [["help"], undefined],
  [["create", "--help"], "create"],
  [["create", "-h"], "create"],
  [["help", "create"], "create"],
  [["--log", "/nowhere/log", "kill", "--help"], "kill"],
];

for (const [args, command] of HELP) {
  test(`help: runt ${args.join(" ")}`, async (t) => {
    t.same(await runt(args), { code: 0, stdout: await helpText(command), stderr: "" });
  });
}

for (const args of [["--version"], ["-v"], ["version"], ["--version", "state"]]) {
  test(`version: runt ${args.join(" ")}`, async (t) => {
    const { code, stdout } = await runt(args);
    t.equal(code, 0);
    t.match(stdout, /^runt version \d+\.\d+\.\d+\ncommit: \S+\nspec: 1\.3\.0\nlibseccomp: \d+\.\d+\.\d+\n$/);
  });
}

const USAGE: readonly [args: string[], says: string][] = [
  [["frobnicate"], 'unknown command "frobnicate"\nusage: runt [global options] <command>\ntry "runt --help"\n'],
  [
    ["help", "frobnicate"],
    'unknown command "frobnicate"\nusage: runt [global options] help [options] [command]\ntry "runt help --help"\n',
  ],
  [
    ["state"],
    '"state" requires exactly 1 argument(s), given are 0\nusage: runt [global options] state [options] <container-id>\ntry "runt state --help"\n',
  ],
  [
    ["state", "--x", "c1"],
    'flag provided but not defined: --x\nusage: runt [global options] state [options] <container-id>\ntry "runt state --help"\n',
  ],
];

for (const [args, stderr] of USAGE) {
  test(`usage: runt ${args.join(" ")}`, async (t) => {
    const { log } = place(t);
    const json = ["--log", log, "--log-format", "json"];
    t.same(await runt([...json, ...args]), { code: 1, stdout: "", stderr });
    const logged = readFileSync(log, "utf8");
    t.match(JSON.parse(logged), { level: "error", msg: stderr.split("\n")[0] });
    t.equal(logged.split("\n").length, 2, "one line");
  });
}

test("an error is one JSON object in the log, and plain on standard error", async (t) => {
  const { root, log } = place(t);
  const { stderr } = await runt([`--log=${log}`, "--log-format=json", "--root", root, "state", "nope"]);
  t.equal(stderr, "container does not exist\n");
  const { level, msg, time, ...rest } = JSON.parse(readFileSync(log, "utf8"));
  t.same([level, msg, rest], ["error", "container does not exist", {}]);
  t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  t.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  t.equal(statSync(log).mode & 0o777, 0o600);
});

test("the log grows, and is not made by a command that has nothing to tell", async (t) => {
  const { root, log } = place(t);
  await runt(["--log", `file:${log}`, "--root", root, "list"]);
  t.notOk(existsSync(log));
  writeFileSync(log, "before\n");
  await runt(["--log", `file:${log}`, "--root", root, "state", "nope"]);
  t.match(readFileSync(log, "utf8"), /^before\ntime="[^"]+" level=error msg="container does not exist"\n$/);
});

test("many problems of a config.json are one line of the log", async (t) => {
  const { directory, root, log } = place(t);
  writeFileSync(join(directory, "config.json"), '{ "ociVersion": 1, "root": {} }');
  const { code, stderr } = await runt([
    "--log",
    log,
    "--log-format",
    "json",
    "--root",
    root,
    "create",
    "-b",
    directory,
    "c1",
  ]);
  t.equal(code, 1);
  t.match(stderr, /^runt create failed: /);
  t.match(stderr.split("\n"), { length: /^[3-9]$/ }, "several lines");
  t.equal(`${JSON.parse(readFileSync(log, "utf8")).msg}\n`, stderr);
});

test("an error is told when the log can't be", async (t) => {
  const { root } = place(t);
  const { code, stderr } = await runt(["--log", "/nowhere/log", "--root", root, "state", "nope"]);
  t.equal(code, 1);
  t.match(stderr, /^write the log: .*no such file or directory\ncontainer does not exist\n$/);
});

test("a closed standard error changes no exit code", async (t) => {
  const { root } = place(t);
  const { code } = await run(["sh", "-c", '"$@" 2>&-', "sh", RUNT, "--root", root, "state", "nope"]);
  t.equal(code, 1);
});

test("a relative --root is one of the current directory", async (t) => {
  const { directory } = place(t);
  symlinkSync("/nowhere", join(directory, "file"));
  writeFileSync(join(directory, "root"), "");
  const { code, stderr } = await runt(["--root", "root", "list"], { cwd: directory });
  t.equal(code, 1);
  t.match(stderr, `${directory}/root`);
});

test("--debug tells what is done, in the log", async (t) => {
  const { root, log } = place(t);
  const logged = await runt(["--debug", "--log", log, "--log-format", "json", "--root", root, "list", "-q"]);
  t.same(logged, { code: 0, stdout: "", stderr: "" });
  t.match(JSON.parse(readFileSync(log, "utf8").split("\n")[0] ?? ""), { level: "debug", msg: /^cli: .*"list"/ });
  t.match((await runt(["--log-level", "debug", "--root", root, "list", "-q"])).stderr, /^debug: cli: .*"list"/);
});

test("DEBUG=runt:* tells what is done, on standard error", async (t) => {
  const { root } = place(t);
  const list = (DEBUG: string) => runt(["--root", root, "list", "-q"], { env: { DEBUG } });
  t.match((await list("runt:*")).stderr, /^runt:cli .*"list".* \+\d+ms\n/);
  t.equal((await list("runt:other")).stderr, "");
  t.equal((await list("")).stderr, "");
});

test("an empty environment will do", async (t) => {
  const { root } = place(t);
  t.equal((await runt(["--root", root, "delete", "--force", "nope"], { env: {} })).code, 0);
});

test("spec writes a config.json and overwrites none", async (t) => {
  const { directory } = place(t);
  t.same(await runt(["spec"], { cwd: directory }), { code: 0, stdout: "", stderr: "" });
  const config = readFileSync(join(directory, "config.json"), "utf8");
  t.match(JSON.parse(config), { ociVersion: /^1\./, process: { args: ["sh"] }, root: { path: "rootfs" } });
  const again = await runt(["spec", "--bundle", directory]);
  t.same(again, { code: 1, stdout: "", stderr: "File config.json exists. Remove it first\n" });
  t.equal(readFileSync(join(directory, "config.json"), "utf8"), config);
  t.equal((await runt(["spec", "-b", directory, "-f", "other.json"])).code, 0);
  t.equal(readFileSync(join(directory, "other.json"), "utf8"), config);
  symlinkSync(join(directory, "target"), join(directory, "link.json"));
  t.equal((await runt(["spec", "-b", directory, "-f", "link.json"])).code, 1);
  t.notOk(existsSync(join(directory, "target")), "nothing is written through a link");
});

test("features prints one JSON object", async (t) => {
  const { code, stdout, stderr } = await runt(["features"]);
  t.same([code, stderr], [0, ""]);
  t.match(JSON.parse(stdout), {
    ociVersionMin: "1.0.0",
    ociVersionMax: "1.3.0",
    linux: { seccomp: { enabled: true } },
  });
});
