/** runtime.md § Operations: which command each state permits, what the others answer, and what they leave unchanged. */
import { readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, writeConfig } from "../support/bundle.ts";
import type { Result } from "../support/command.ts";
import { type Container, container, running } from "../support/container.ts";
import { alive, pause, readLink, until } from "../support/host.ts";

const waiting = { process: { args: ["sleep", "60"] } };

/** Brings a new container into each state. */
const REACH = {
  missing: () => undefined,
  created: (it: Container) => it.create(),
  running: async (it: Container) => {
    await it.create();
    await it.start();
  },
  stopped: async (it: Container) => {
    await it.create();
    await it.kill("KILL");
    await until("it has stopped", async () => (await it.state()).status === "stopped");
  },
} as const;
type State = keyof typeof REACH;

test("the state of a container is one record, whose older ones are gone", async (t) => {
  const subject = await inState(t, "created");
  const names = readdirSync(join(subject.root, subject.id)).filter((name) => name.startsWith("state.json"));
  t.same(names, ["state.json"]);
});

async function inState(t: Test, state: State, change: Config = waiting): Promise<Container> {
  const subject = container(t, change);
  await REACH[state](subject);
  return subject;
}

const COMMANDS = {
  create: (it: Container) => it.create(),
  start: (it: Container) => it.start(),
  state: (it: Container) => it.command("state"),
  kill: (it: Container) => it.kill("0"),
  "kill --all": (it: Container) => it.kill("9", ["--all"]),
  delete: (it: Container) => it.delete(),
  "delete --force": (it: Container) => it.delete("--force"),
} as const;

/** What a command answers in a state: its exit code, its words on stderr, and the state afterwards. */
const ANSWERS: readonly [state: State, command: keyof typeof COMMANDS, code: number, says: RegExp, after: State][] = [
  ["missing", "start", 1, /does not exist/, "missing"],
  ["missing", "state", 1, /does not exist/, "missing"],
  ["missing", "kill", 1, /does not exist/, "missing"],
  ["missing", "kill --all", 1, /does not exist/, "missing"],
  ["missing", "delete", 1, /does not exist/, "missing"],
  ["missing", "delete --force", 0, /^$/, "missing"],
  ["missing", "create", 0, /^$/, "created"],
  ["created", "create", 1, /already exists/, "created"],
  ["created", "start", 0, /^$/, "running"],
  ["created", "state", 0, /^$/, "created"],
  ["created", "kill", 0, /^$/, "created"],
  ["created", "delete", 0, /^$/, "missing"],
  ["created", "delete --force", 0, /^$/, "missing"],
  ["running", "create", 1, /already exists/, "running"],
  ["running", "start", 1, /cannot start an already running container/, "running"],
  ["running", "state", 0, /^$/, "running"],
  ["running", "kill", 0, /^$/, "running"],
  ["running", "kill --all", 0, /^$/, "stopped"],
  ["running", "delete", 1, /cannot delete container .* that is not stopped: running/, "running"],
  ["running", "delete --force", 0, /^$/, "missing"],
  ["stopped", "create", 1, /already exists/, "stopped"],
  ["stopped", "start", 1, /cannot start a container that has stopped/, "stopped"],
  ["stopped", "state", 0, /^$/, "stopped"],
  ["stopped", "kill", 1, /container not running/, "stopped"],
  ["stopped", "kill --all", 0, /^$/, "stopped"],
  ["stopped", "delete", 0, /^$/, "missing"],
  ["stopped", "delete --force", 0, /^$/, "missing"],
];

for (const [state, command, code, says, after] of ANSWERS) {
  test(`${state}: ${command} answers ${code}; then it is ${after}`, async (t) => {
    const subject = await inState(t, state);
    const answer: Result = await COMMANDS[command](subject);
    t.equal(answer.code, code, answer.stderr);
    t.match(answer.stderr, says);
    if (after === "missing") {
      t.not((await subject.command("state")).code, 0);
      t.same(await subject.remains(), []);
      return;
    }
    await until("the new state shows", async () => (await subject.state()).status === after, 3).catch(() => undefined);
    const { status, pid } = await subject.state();
    t.equal(status, after);
    if (after === "stopped") t.equal(pid, 0);
    else t.ok(alive(pid));
  });
}

test("state tells what runtime.md wants, and what engines read besides", async (t) => {
  const annotations = { "org.example.one": "1", "": undefined, 'with "quotes" and é': "\n" };
  const subject = container(t, { ...waiting, annotations });
  const begun = Date.now();
  await subject.create();
  const state = await subject.state();
  t.match(state.ociVersion, /^1\.\d+\.\d+/);
  t.equal(state.id, subject.id);
  t.equal(state.bundle, subject.bundle);
  t.equal(state.rootfs, (subject.config.root as Config).path);
  t.same(state.annotations, JSON.parse(JSON.stringify(annotations)));
  const created = Date.parse(String(state.created));
  t.ok(created >= begun - 2000 && created <= Date.now() + 2000, String(state.created));
});

test("the program does not run before start, and config.json may go after create", async (t) => {
  const subject = container(t, { process: { args: ["echo", "runs"] } });
  await subject.create();
  writeConfig(subject.bundle, { ...subject.config, process: { args: ["echo", "another"] } });
  await pause(50);
  t.equal(subject.stdout, "");
  rmSync(join(subject.bundle, "config.json"));
  t.equal((await subject.start()).code, 0);
  await until("it has run", () => subject.stdout !== "");
  t.equal(subject.stdout, "runs\n");
  t.equal((await subject.delete("--force")).code, 0);
});

test("a container without process can be created, not started", async (t) => {
  const subject = container(t, { process: undefined });
  const { code, stderr } = await subject.create();
  t.equal(code, 0, stderr);
  t.equal((await subject.state()).status, "created");
  const answer = await subject.start();
  t.not(answer.code, 0);
  t.match(answer.stderr, /process/);
  t.equal((await subject.delete("--force")).code, 0);
});

test("a container without process cannot be run", async (t) => {
  const subject = container(t, { process: undefined });
  const { code, stderr } = await subject.run();
  t.not(code, 0);
  t.equal(stderr, "runt run failed: cannot start a container whose config.json has no process\n");
  t.same(await subject.remains(), [], "nothing is left");
});

const SIGNALS: readonly [signal: string | undefined, name: string][] = [
  ["TERM", "TERM"],
  ["SIGTERM", "TERM"],
  ["term", "TERM"],
  ["15", "TERM"],
  [undefined, "TERM"],
  ["HUP", "HUP"],
  ["10", "USR1"],
  ["SIGUSR2", "USR2"],
  ["INT", "INT"],
  ["RTMIN+3", "RTMIN+3"],
  ["SIGRTMAX-2", "RTMAX-2"],
];

test("kill takes signals by name and number, TERM without one", async (t) => {
  const number = { TERM: 15, HUP: 1, USR1: 10, USR2: 12, INT: 2, "RTMIN+3": 37, "RTMAX-2": 62 } as const;
  const traps = Object.values(number)
    .map((signal) => `trap 'echo ${signal}' ${signal};`)
    .join(" ");
  const subject = container(t, {
    process: { args: ["sh", "-c", `${traps} echo ready; while :; do sleep 0.01; done`] },
  });
  await subject.create();
  await subject.start();
  await until("it listens", () => subject.stdout === "ready\n");
  let told = subject.stdout;
  for (const [signal, name] of SIGNALS) {
    const { code, stderr } = await subject.kill(signal);
    t.equal(code, 0, `${signal}: ${stderr}`);
    told += `${number[name as keyof typeof number]}\n`;
    await until(`${signal} arrives`, () => subject.stdout.length >= told.length, 3).catch(() => undefined);
    t.equal(subject.stdout.slice(-3), told.slice(-3), `${signal}`);
  }
});

test("kill refuses what is no signal", async (t) => {
  const subject = await inState(t, "running");
  for (const signal of ["BADSIG", "65", "-1", "SIGSIG", "9x"]) {
    const { code, stderr } = await subject.kill(signal);
    t.not(code, 0, signal);
    if (signal !== "-1") t.match(stderr, /signal/i, signal);
  }
  t.equal((await subject.state()).status, "running");
});

test("the signal that config.json names stops the container when kill names none", async (t) => {
  const annotations = { "org.opencontainers.image.stopSignal": "SIGUSR1" };
  const script = "trap 'exit 5' USR1; trap 'echo TERM' TERM; echo ready; while :; do sleep 0.01; done";
  const subject = container(t, { annotations, process: { args: ["sh", "-c", script] } });
  await subject.create();
  await subject.start();
  await until("it listens", () => subject.stdout === "ready\n");
  t.equal((await subject.kill(undefined)).code, 0);
  await until("it has stopped", async () => (await subject.state()).status === "stopped");
  t.equal(subject.stdout, "ready\n");
});

test("a created container dies of signals that its program could have caught", async (t) => {
  const subject = await inState(t, "created");
  const { pid } = await subject.state();
  t.equal((await subject.kill("KILL")).code, 0);
  await until("it is dead", () => !alive(pid));
  t.equal((await subject.state()).status, "stopped");
  t.equal((await subject.delete()).code, 0);
});

test("--pid-file has the number of the process, and nothing else", async (t) => {
  const subject = container(t, waiting);
  const file = join(subject.directory, "pid");
  t.equal((await subject.create(["--pid-file", file])).code, 0);
  t.equal(readFileSync(file, "utf8"), String((await subject.state()).pid));
  const relative = container(t, waiting);
  t.equal((await relative.create(["--pid-file", "pid"], { cwd: relative.directory })).code, 0);
  t.equal(
    readFileSync(join(relative.directory, "pid"), "utf8"),
    String((await relative.state()).pid),
    "relative to the caller's directory",
  );
});

test("--pid-file is whole from the moment on at which it is there", async (t) => {
  const subject = container(t, waiting);
  const events: string[] = [];
  const watcher = watch(subject.folder("pids"), (event, name) => events.push(`${event} ${name}`));
  t.teardown(() => watcher.close());
  t.equal((await subject.create(["--pid-file", join(subject.folder("pids"), "pid")])).code, 0);
  await until("it is seen", () => events.includes("rename pid"));
  t.notOk(events.includes("change pid"), "written elsewhere, and then given its name");
});

test("when start returns, it is the user's program that runs", async (t) => {
  const subject = container(t, waiting);
  await subject.create();
  const { pid } = await subject.state();
  t.equal((await subject.start()).code, 0);
  t.equal(readLink(`/proc/${pid}/exe`), "/bin/busybox");
});

test("flags for files that are empty are as good as not given", async (t) => {
  const empty = ["--pid-file=", "--console-socket=", "--pidfd-socket=", "--config="];
  const subject = container(t, { process: { args: ["true"] } });
  const { code, stderr } = await subject.run(empty);
  t.equal(code, 0, stderr);
  const other = await running(t);
  t.equal((await other.exec(["true"], ["--pid-file=", "--console-socket=", "--pidfd-socket=", "--process="])).code, 0);
});

test("a --pid-file that cannot be written fails create, and nothing is left", async (t) => {
  const subject = container(t, waiting);
  const { code, stderr } = await subject.create(["--pid-file", "/no/such/folder/pid"]);
  t.not(code, 0);
  t.match(stderr, /no\/such\/folder.*no such file or directory/);
  t.same(await subject.remains(), []);
});

test("--bundle is the current directory unless it is given", async (t) => {
  const subject = container(t, { process: { args: ["echo", "runs"] } });
  t.equal((await subject.command("run", [], { cwd: subject.bundle })).stdout, "runs\n");
  t.equal(
    (await subject.command("run", ["--bundle", "bundle"], { cwd: subject.directory })).stdout,
    "runs\n",
    "relative",
  );
  t.equal((await subject.command("run", ["-b", `${subject.bundle}/`], { cwd: "/" })).stdout, "runs\n", "short");
  t.equal((await subject.command("run", [`--bundle=${subject.bundle}`], { cwd: "/" })).stdout, "runs\n", "with =");
});

test("a bundle is refused", async (t) => {
  const subject = container(t);
  const missing = await subject.command("create", ["--bundle", "/no/such/bundle"]);
  t.not(missing.code, 0);
  t.match(missing.stderr, /no\/such\/bundle|config\.json.*no such file|no such file or directory/);
  rmSync(join(subject.bundle, "config.json"));
  const empty = await subject.create();
  t.not(empty.code, 0);
  t.match(empty.stderr, /config\.json/);
  writeFileSync(join(subject.bundle, "config.json"), "{");
  const broken = await subject.create();
  t.not(broken.code, 0);
  t.match(broken.stderr, /config\.json|JSON/i);
  t.same(await subject.remains(), []);
});
