/** config.md § Process, args: execvp(3)'s search and argv, and what is said when the program cannot be run. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { PATH } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { until } from "../support/host.ts";

/** Mounts two folders of scripts as /first and /second. */
function tools(subject: Container): Config {
  const folders = ["first", "second"].map((name) => ({ name, path: subject.folder(name) }));
  const script = (path: string, text: string, mode: number) => {
    writeFileSync(path, text);
    chmodSync(path, mode);
  };
  for (const { name, path } of folders) script(join(path, "tool"), `#!/bin/sh\necho ${name} "$@"\n`, 0o755);
  script(join(subject.directory, "first/plain"), "#!/bin/sh\n", 0o644);
  script(join(subject.directory, "second/plain"), "#!/bin/sh\necho second plain\n", 0o755);
  script(join(subject.directory, "second/no-interpreter"), "#!/missing/interpreter\n", 0o755);
  script(join(subject.directory, "second/no-format"), "\x7fEL", 0o755);
  script(join(subject.directory, "second/carriage-return"), "#!/bin/sh\r\n", 0o755);
  const binds = folders.map(({ name, path }) => ({ destination: `/${name}`, source: path, options: ["bind"] }));
  return { root: subject.ownRootfs(), mounts: [...MOUNTS, ...binds] };
}

const FOUND: readonly { name: string; args: string[]; path?: string; cwd?: string; says: string }[] = [
  { name: "a bare name in the first folder of PATH", args: ["tool", "x"], path: "/first:/second", says: "first x" },
  { name: "in PATH's own order", args: ["tool"], path: "/second:/first", says: "second" },
  { name: "past folders that do not exist", args: ["tool"], path: "/none:/first", says: "first" },
  { name: "past files that are not executable", args: ["plain"], path: "/first:/second", says: "second plain" },
  { name: "past directories of that name", args: ["tool"], path: "/:/second", says: "second" },
  { name: "an absolute path", args: ["/second/tool"], path: "/first", says: "second" },
  { name: "a path relative to cwd", args: ["./tool"], path: "/first", cwd: "/second", says: "second" },
  { name: "a path that leaves cwd", args: ["../second/tool"], path: "", cwd: "/first", says: "second" },
];

for (const { name, args, path = PATH, cwd = "/", says } of FOUND) {
  test(`the program is found: ${name}`, async (t) => {
    const subject = container(t, (it) => ({ ...tools(it), process: { args, cwd, env: [`PATH=${path}`] } }));
    const { code, stdout, stderr } = await subject.run();
    t.equal(stderr, "");
    t.equal(stdout.trim(), says);
    t.equal(code, 0);
  });
}

const MISSING: readonly { name: string; args: string[]; env?: string[]; error: RegExp }[] = [
  {
    name: "a bare name that PATH does not have",
    args: ["no-such"],
    error: /no-such.*executable file not found in \$PATH/,
  },
  { name: "a bare name without PATH", args: ["sh"], env: ["A=b"], error: /sh.*executable file not found in \$PATH/ },
  { name: "a bare name without env", args: ["sh"], env: [], error: /sh.*executable file not found in \$PATH/ },
  { name: "an absolute path that is not there", args: ["/no/such"], error: /\/no\/such.*no such file or directory/ },
  { name: "a file that is not executable", args: ["/etc/passwd"], error: /\/etc\/passwd.*permission denied/ },
  { name: "a directory", args: ["/bin"], error: /exec: "\/bin": is a directory: .*permission denied/ },
  { name: "a path through a file", args: ["/etc/passwd/sh"], error: /\/etc\/passwd\/sh.*not a directory/ },
];

for (const { name, args, env = [`PATH=${PATH}`], error } of MISSING) {
  test(`create fails and leaves nothing: ${name}`, async (t) => {
    const subject = container(t, { process: { args, env } });
    const { code, stderr } = await subject.create();
    t.equal(code, 1);
    t.match(stderr, error);
    t.same(await subject.remains(), []);
  });
}

const UNRUNNABLE: readonly { program: string; error: RegExp }[] = [
  { program: "/second/no-interpreter", error: /no such file or directory/ },
  { program: "/second/no-format", error: /exec format error/ },
  { program: "/second/carriage-return", error: /no such file or directory/ },
];

for (const { program, error } of UNRUNNABLE) {
  test(`start fails when execve of ${program} does`, async (t) => {
    const subject = container(t, (it) => ({ ...tools(it), process: { args: [program] } }));
    t.equal((await subject.create()).code, 0, "create has found the file");
    const { code, stderr } = await subject.start();
    t.not(code, 0);
    t.match(stderr, error);
    t.match(stderr, program, "the program is named");
    t.equal((await subject.state()).status, "stopped");
  });

  test(`run fails when execve of ${program} does`, async (t) => {
    const subject = container(t, (it) => ({ ...tools(it), process: { args: [program] } }));
    const { code, stderr } = await subject.run();
    t.not(code, 0);
    t.match(stderr, error);
    t.same(await subject.remains(), []);
  });
}

test("arguments arrive as they are", async (t) => {
  const args = ["", " ", "a b", "$HOME", "*", "'", '"', "\n", "\\", "é€😀", "-", "--", "x".repeat(131_000), "", "end"];
  const subject = container(t, { process: { args: ["sh", "-c", 'printf "<%s>" "$@"', "sh", ...args] } });
  t.equal((await subject.run()).stdout, args.map((arg) => `<${arg}>`).join(""));
});

test("thousands of arguments arrive", async (t) => {
  const args = Array.from({ length: 5000 }, (_, index) => `argument-${index}`);
  const subject = container(t, { process: { args: ["sh", "-c", 'echo $#; shift 4999; echo "$1"', "sh", ...args] } });
  t.match((await subject.run()).stdout, /^5000\nargument-4999\n$/);
});

test("as many arguments as the kernel takes are passed on", async (t) => {
  const args = ["sh", "-c", "echo $#", "sh", ...Array.from({ length: 100_000 }, () => "x")];
  const { code, stdout, stderr } = await container(t, { process: { args } }).run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "100000\n");
});

test("as many variables as the kernel takes are passed on", async (t) => {
  const env = [`PATH=${PATH}`, ...Array.from({ length: 70_000 }, (_, index) => `V${index}=`)];
  const { code, stdout, stderr } = await container(t, { process: { args: ["echo", "runs"], env } }).run();
  t.equal(code, 0, stderr);
  t.equal(stdout, "runs\n");
});

test("what is no Unicode arrives as U+FFFD, and is told so: half a surrogate pair, bytes that are no UTF-8", async (t) => {
  const half = "a\ud800b";
  const script = 'printf "%s" "$1$HALF"; exec sleep 60';
  const subject = container(t, {
    process: { args: ["sh", "-c", script, "sh", half], env: [`PATH=${PATH}`, `HALF=${half}`] },
    annotations: { half },
  });
  t.equal((await subject.create()).code, 0);
  await subject.start();
  await until("it has spoken", () => subject.stdout.length > 0);
  t.equal(subject.stdout, "a\ufffdba\ufffdb");
  t.match(await subject.state(), { annotations: { half: "a\ufffdb" } });
  // Node has no way to give a program such arguments.
  const arguments_ = `$(printf 'a\\355\\240\\200b\\377c')`;
  const exec = `exec "$@" "${arguments_}"`;
  const { stdout, stderr } = await subject.exec(["printf", "%s"], [], { launcher: ["sh", "-c", exec, "sh"] });
  t.equal(stdout, "a\ufffd\ufffd\ufffdb\ufffdc", stderr);
});
