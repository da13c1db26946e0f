import { test } from "tap";
import { COMMANDS, type Command, GLOBAL_OPTIONS, type Option } from "../../lib/cli/arguments.ts";
import { commandNamed, lookUp, parse } from "../../lib/cli/parse.ts";

/** The command and those of its arguments, and of the global options, that are asked for. */
function call(line: string | readonly string[]): {
  command: string;
  args: Record<string, unknown>;
  globals: Record<string, unknown>;
} {
  const invocation = parse(typeof line === "string" ? line.split(" ") : line);
  if ("problem" in invocation) throw invocation.problem;
  return { ...invocation.call, globals: invocation.globals };
}

function problem(line: string | readonly string[]): string {
  const invocation = parse(typeof line === "string" ? line.split(" ") : line);
  return "problem" in invocation ? invocation.problem.message : `no problem: ${JSON.stringify(invocation)}`;
}

const CREATE = {
  "container-id": "c1",
  bundle: ".",
  config: undefined,
  "console-socket": undefined,
  "pid-file": undefined,
  "pidfd-socket": undefined,
  "no-pivot": false,
  "no-new-keyring": false,
  "preserve-fds": 0,
};

test("what is not given is its default", (t) => {
  t.strictSame(call("create c1").args, CREATE);
  t.strictSame(call("run c1").args, { ...CREATE, detach: false, keep: false, "no-subreaper": false });
  t.strictSame(call("kill c1").args, { "container-id": "c1", signal: undefined, all: false, regex: false });
  t.strictSame(call("list").args, { format: "table", quiet: false });
  t.strictSame(call("list").globals, {
    root: undefined,
    log: undefined,
    "log-format": "text",
    "log-level": undefined,
    debug: false,
    "cgroup-manager": "cgroupfs",
    "systemd-cgroup": false,
    rootless: "auto",
    help: false,
    version: false,
  });
  t.end();
});

const WRITTEN: readonly [line: string | string[], command: string, args: Record<string, unknown>][] = [
  ["create --bundle /b c1", "create", { bundle: "/b" }],
  ["create --bundle=/b c1", "create", { bundle: "/b" }],
  ["create -bundle /b c1", "create", { bundle: "/b" }],
  ["create -bundle=/b c1", "create", { bundle: "/b" }],
  ["create -b /b c1", "create", { bundle: "/b" }],
  ["create -b=/b c1", "create", { bundle: "/b" }],
  ["create -b/b c1", "create", { bundle: "/b" }],
  ["create --bundle= c1", "create", { bundle: "" }],
  ["create --bundle=a=b c1", "create", { bundle: "a=b" }],
  ["create -b/a=b c1", "create", { bundle: "/a=b" }],
  ["create --bundle - c1", "create", { bundle: "-" }],
  ["create --bundle -x c1", "create", { bundle: "-x" }],
  ["create --bundle -- c1", "create", { bundle: "--" }],
  ["create --bundle /a --bundle /b c1", "create", { bundle: "/b" }],
  ["create c1 --bundle /b", "create", { bundle: "/b", "container-id": "c1" }],
  [["create", "-b", "", "c1"], "create", { bundle: "" }],
  ["create -f other.json c1", "create", { config: "other.json" }],
  ["create --preserve-fds 3 c1", "create", { "preserve-fds": 3 }],
  ["create --no-pivot c1", "create", { "no-pivot": true, "container-id": "c1" }],
  ["create --no-pivot=true c1", "create", { "no-pivot": true }],
  ["create --no-pivot=false c1", "create", { "no-pivot": false }],
  ["create --no-pivot=0 c1", "create", { "no-pivot": false }],
  ["create --no-pivot true", "create", { "no-pivot": true, "container-id": "true" }],
  ["create -- -c1", "create", { "container-id": "-c1" }],
  ["-- create c1", "create", { "container-id": "c1" }],
  ["create -", "create", { "container-id": "-" }],
  [["create", ""], "create", { "container-id": "" }],
  ["run -d c1", "run", { detach: true }],
  ["run -db /b c1", "run", { detach: true, bundle: "/b" }],
  ["run -db/b c1", "run", { detach: true, bundle: "/b" }],
  ["run -db=/b c1", "run", { detach: true, bundle: "/b" }],
  ["kill -a c1 9", "kill", { all: true, signal: "9" }],
  ["kill c1 -9", "kill", { "container-id": "c1", signal: "-9" }],
  ["kill -ar c1", "kill", { all: true, regex: true }],
  ["kill -a=false c1", "kill", { all: false }],
  ["delete -f c1", "delete", { force: true }],
  ["list -f json -q", "list", { format: "json", quiet: true }],
  ["list -qf json", "list", { format: "json", quiet: true }],
  ["ps c1 -o pid --sort=pid", "ps", { "container-id": "c1", "ps-options": ["-o", "pid", "--sort=pid"] }],
  ["ps --format json c1", "ps", { "container-id": "c1", format: "json", "ps-options": [] }],
  ["ps c1 --help", "ps", { "ps-options": ["--help"] }],
  ["update --memory-swap -1 --cpu-quota=-1 c1", "update", { "memory-swap": "-1", "cpu-quota": "-1" }],
  ["update --resources - c1", "update", { resources: "-", "container-id": "c1" }],
  ["update --resources=- c1", "update", { resources: "-", "container-id": "c1" }],
  ["spec --rootless", "spec", { rootless: true }],
  ["exec c1 ls -l --all", "exec", { "container-id": "c1", args: ["ls", "-l", "--all"], process: undefined, env: [] }],
  ["exec -t -e A=b --env C=d -c CAP_X c1 sh -c x", "exec", { tty: true, env: ["A=b", "C=d"], args: ["sh", "-c", "x"] }],
  ["exec c1 -- ls -- x", "exec", { args: ["ls", "--", "x"] }],
  ["exec c1 --help", "exec", { args: ["--help"] }],
  ["exec -- c1 -- ls", "exec", { "container-id": "c1", args: ["ls"] }],
  ["exec -p p.json c1", "exec", { process: "p.json", args: [] }],
  ["completion zsh", "completion", { shell: "zsh" }],
  ["--help", "help", { command: undefined }],
  ["-h", "help", { command: undefined }],
  ["create --help", "help", { command: "create" }],
  ["create -h --no-such-flag", "help", { command: "create" }],
  ["help create", "help", { command: "create" }],
  ["--root /r", "help", { command: undefined }],
  [[], "help", { command: undefined }],
  ["--version", "version", {}],
  ["-v state", "version", {}],
];

for (const [line, command, args] of WRITTEN) {
  test(`parse() reads ${JSON.stringify(line)}`, (t) => {
    const read = call(line);
    t.equal(read.command, command);
    t.match(read.args, args);
    t.end();
  });
}

const GLOBAL: readonly [line: string, globals: Record<string, unknown>][] = [
  ["--root /r state c1", { root: "/r" }],
  ["state --root /r c1", { root: "/r" }],
  ["state c1 --root=/r", { root: "/r" }],
  ["-root /r state c1", { root: "/r" }],
  ["--log /l --log-format json --log-level warning list", { log: "/l", "log-format": "json", "log-level": "warning" }],
  ["--log-format=json --log=file:/l list", { log: "file:/l" }],
  ["--debug list", { debug: true }],
  ["--cgroup-manager disabled list", { "cgroup-manager": "disabled" }],
  ["--systemd-cgroup list", { "systemd-cgroup": true }],
  ["-s list", { "systemd-cgroup": true }],
  ["--rootless false list", { rootless: "false" }],
  ["--rootless=auto list", { rootless: "auto" }],
];

for (const [line, globals] of GLOBAL) {
  test(`parse() reads the global options of ${JSON.stringify(line)}`, (t) => {
    t.match(call(line).globals, globals);
    t.end();
  });
}

const WRONG: readonly [line: string, says: string][] = [
  ["creat c1", 'unknown command "creat" (did you mean create?)'],
  ["frobnicate", 'unknown command "frobnicate"'],
  ["constructor", 'unknown command "constructor"'],
  ["__proto__", 'unknown command "__proto__"'],
  ["create --bundel /b c1", "flag provided but not defined: --bundel (did you mean --bundle?)"],
  ["create --frobnicate c1", "flag provided but not defined: --frobnicate"],
  ["create --__proto__ c1", "flag provided but not defined: --__proto__"],
  ["create --constructor=1 c1", "flag provided but not defined: --constructor"],
  ["create -x c1", "flag provided but not defined: --x"],
  ["run -dx c1", "flag provided but not defined: --dx"],
  ["create --b-x c1", "flag provided but not defined: --b-x"],
  ["--bundle /b create c1", "flag provided but not defined: --bundle"],
  ["state --bundle /b c1", "flag provided but not defined: --bundle"],
  ["create c1 --bundle", "flag needs an argument: --bundle"],
  ["create -b", "flag needs an argument: --bundle"],
  ["--log", "flag needs an argument: --log"],
  ["create --preserve-fds x c1", 'invalid value "x" for flag --preserve-fds: it takes a whole number'],
  ["create --preserve-fds -1 c1", 'invalid value "-1" for flag --preserve-fds: it takes a whole number'],
  ["create --preserve-fds 1e3 c1", 'invalid value "1e3" for flag --preserve-fds: it takes a whole number'],
  ["create --preserve-fds= c1", 'invalid value "" for flag --preserve-fds: it takes a whole number'],
  [
    "create --preserve-fds 9999999999 c1",
    'invalid value "9999999999" for flag --preserve-fds: it takes a whole number',
  ],
  ["create --no-pivot=maybe c1", 'invalid value "maybe" for flag --no-pivot: it takes true or false'],
  ["list --format yaml", 'invalid value "yaml" for flag --format: it takes table, json'],
  ["--log-format xml list", 'invalid value "xml" for flag --log-format: it takes text, json'],
  ["--log-level info list", 'invalid value "info" for flag --log-level: it takes error, warning, debug'],
  [
    "--cgroup-manager openrc list",
    'invalid value "openrc" for flag --cgroup-manager: it takes cgroupfs, systemd, disabled',
  ],
  ["--rootless maybe list", 'invalid value "maybe" for flag --rootless: it takes auto, true, false'],
  ["completion fish", 'invalid value "fish" for <shell>: it takes bash, zsh'],
  ["create", '"create" requires exactly 1 argument(s), given are 0'],
  ["create a b", '"create" requires exactly 1 argument(s), given are 2'],
  ["kill", '"kill" requires 1 to 2 argument(s), given are 0'],
  ["kill a 9 b", '"kill" requires 1 to 2 argument(s), given are 3'],
  ["exec", '"exec" requires at least 1 argument(s), given are 0'],
  ["list a", '"list" requires exactly 0 argument(s), given are 1'],
];

for (const [line, says] of WRONG) {
  test(`parse() refuses ${JSON.stringify(line)}`, (t) => {
    t.equal(problem(line), says);
    t.end();
  });
}

test("a problem comes with the command and the global options before it", (t) => {
  const invocation = parse(["--log", "/l", "--log-format", "json", "state", "--frobnicate", "--root", "/r"]);
  t.match(invocation, { command: "state", globals: { log: "/l", "log-format": "json", root: undefined } });
  t.match(parse(["--frobnicate"]), { command: undefined });
  t.end();
});

/** Every option of the table, where it is understood. */
const OPTIONS = Object.entries({
  "": { positionals: {}, options: GLOBAL_OPTIONS } satisfies Command,
  ...COMMANDS,
}).flatMap(([command, { options }]) =>
  Object.entries(options).map(([name, option]) => ({ command, name, option: option as Option })),
);

for (const { command, name, option } of OPTIONS) {
  if (name === "help" || name === "version") continue;
  test(`every option is read or refused by name: ${command} --${name}`, (t) => {
    const before = command === "" ? [] : [command];
    const words = Object.values(COMMANDS[(command || "list") as "list"].positionals).map(() => "word");
    const after = command === "" ? ["list"] : words;
    if (option.type === "refused") {
      t.equal(problem([...before, `--${name}`, ...after]), `--${name} is not supported: ${option.reason}`);
    } else {
      const choice = option.type === "string" ? option.choices?.[0] : undefined;
      const right = option.type === "boolean" ? "true" : option.type === "number" ? "7" : (choice ?? "some");
      const { args, globals } = call([...before, `--${name}=${right}`, ...after]);
      const values = command === "" ? globals : args;
      const read = { boolean: true, number: 7, array: [right], string: right }[option.type];
      t.strictSame(values[name], read);
      if (option.type === "boolean" || option.type === "number" || choice !== undefined) {
        t.match(problem([...before, `--${name}=???`, ...after]), `invalid value "???" for flag --${name}: it takes `);
      }
    }
    t.end();
  });
}

test("no two options of a command have the same letter", (t) => {
  for (const [name, { options }] of Object.entries(COMMANDS)) {
    const all = { ...GLOBAL_OPTIONS, ...options };
    const letters = Object.values<Option>(all).flatMap((option) => (option.type !== "refused" && option.alias) || []);
    t.equal(new Set(letters).size, letters.length, `${name}: ${letters.join("")}`);
  }
  t.end();
});

test("lookUp() finds by name and by letter, and nothing inherited", (t) => {
  const { options } = COMMANDS.create;
  t.match(lookUp(options, "bundle"), { name: "bundle", option: { type: "string" } });
  t.match(lookUp(options, "b"), { name: "bundle" });
  t.equal(lookUp(options, "bu"), undefined);
  t.equal(lookUp(options, "toString"), undefined);
  t.end();
});

test("commandNamed() answers the name or throws", (t) => {
  t.equal(commandNamed("state"), "state");
  t.throws(() => commandNamed("statee"), {
    name: "UsageError",
    message: 'unknown command "statee" (did you mean state?)',
  });
  t.end();
});
