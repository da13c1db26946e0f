/** runtime-linux.md § File descriptors, and the exit status and signals of a container in the foreground. */
import { closeSync, openSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { background } from "../support/background.ts";
import { MOUNTS } from "../support/bundle.ts";
import { COMMAND, PATH } from "../support/command.ts";
import { container } from "../support/container.ts";
import { alive, read, until } from "../support/host.ts";
import { probe } from "../support/scratch.ts";

const numbers = (fds: string) =>
  fds
    .trim()
    .split("\n")
    .map((line) => Number(line.split(" ")[0]));

test("the program has stdin, stdout and stderr, and nothing else is open", async (t) => {
  const subject = container(t, { process: { args: ["/bin/probe", "fds"] } });
  t.same(numbers((await subject.run()).stdout), [0, 1, 2]);
});

test("descriptors that the caller leaks are closed", async (t) => {
  const leaked = [openSync("/", "r"), openSync("/etc", "r"), openSync("/proc/self", "r")];
  const descriptors = Array.from({ length: 40 }, (_, index) => leaked[index % 3] as number);
  const created = container(t, { process: { args: ["/bin/probe", "fds"] } });
  t.equal((await created.create([], { descriptors })).code, 0);
  t.equal((await created.start({ descriptors })).code, 0);
  await until("the program has told", () => created.stdout.endsWith("\n"));
  t.same(numbers(created.stdout), [0, 1, 2], "create and start");
  const run = container(t, { process: { args: ["/bin/probe", "fds"] } });
  t.same(numbers((await run.run([], { descriptors })).stdout), [0, 1, 2], "run");
  for (const descriptor of leaked) closeSync(descriptor);
});

test("--preserve-fds keeps as many as it says", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "cat <&3; cat <&4; exec probe fds"] } });
  const files = ["three", "four", "five"].map((text) => {
    writeFileSync(join(subject.directory, text), `${text}\n`);
    return openSync(join(subject.directory, text), "r");
  });
  const { stdout } = await subject.run(["--preserve-fds", "2"], { descriptors: files });
  for (const file of files) closeSync(file);
  const [three, four, ...rest] = stdout.trim().split("\n");
  t.same([three, four], ["three", "four"]);
  t.same(numbers(rest.join("\n")), [0, 1, 2, 3, 4]);
});

test("LISTEN_FDS keeps the sockets and tells the program", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", 'echo "$LISTEN_FDS $LISTEN_PID"; exec probe fds'] } });
  const leaked = openSync("/dev/null", "r");
  const launcher = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh"];
  const { stdout } = await subject.run([], { descriptors: [leaked, leaked], launcher });
  closeSync(leaked);
  const [told, ...fds] = stdout.trim().split("\n");
  t.equal(told, "1 1");
  t.same(numbers(fds.join("\n")), [0, 1, 2, 3]);
});

test("LISTEN_FDS for another process is not the container's; names go along", async (t) => {
  const script = 'echo "[$LISTEN_FDS $LISTEN_FDNAMES]"; exec probe fds';
  const subject = () => container(t, { process: { args: ["sh", "-c", script] } });
  const leaked = openSync("/dev/null", "r");
  const launched = async (assignments: string) => {
    const launcher = ["sh", "-c", `${assignments} exec "$@"`, "sh"];
    const { stdout } = await subject().run([], { descriptors: [leaked], launcher });
    const [told, ...fds] = stdout.trim().split("\n");
    return [told, numbers(fds.join("\n"))];
  };
  t.same(await launched("LISTEN_PID=1 LISTEN_FDS=1"), ["[ ]", [0, 1, 2]]);
  t.same(await launched("LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web"), ["[1 web]", [0, 1, 2, 3]]);
  closeSync(leaked);
});

test("stdin, stdout and stderr are the caller's", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "cat; echo error >&2"] } });
  const { stdout, stderr } = await subject.run([], { stdin: "in\n" });
  t.equal(stdout, "in\n");
  t.equal(stderr, "error\n");
});

test("another user can reopen its streams when they are pipes", async (t) => {
  const script = "echo out > /dev/stdout; echo err > /proc/self/fd/2; cat /dev/stdin";
  const subject = container(t, { process: { user: { uid: 1000, gid: 1000 }, args: ["sh", "-c", script] } });
  const args = ["--root", subject.root, "run", "--bundle", subject.bundle, subject.id];
  const program = background(t, ["sh", "-c", 'echo in | "$@" 2>&1 | cat', "sh", ...COMMAND, ...args]);
  t.equal(await program.ended(), 0);
  t.same(program.stdout.trim().split("\n").sort(), ["err", "in", "out"]);
});

test("/dev/null as a stream keeps its owner and mode", async (t) => {
  const before = statSync("/dev/null");
  const subject = container(t, { process: { user: { uid: 1000, gid: 1000 } } });
  const output = { stdout: "/dev/null", stderr: "/dev/null" };
  t.equal((await subject.run([], { output })).code, 0);
  const after = statSync("/dev/null");
  t.same([after.uid, after.gid, after.mode, after.rdev], [before.uid, before.gid, before.mode, before.rdev]);
});

for (const [script, code] of [
  ["exit 0", 0],
  ["exit 7", 7],
  ["exit 255", 255],
  ["kill -9 $$", 137],
  ["kill -15 $$", 143],
  ["kill -6 $$", 134],
] as const) {
  test(`run answers ${code} for "${script}"`, async (t) => {
    // PID 1 gets no signal that it did not ask for, not even from itself: so the shell is its child.
    const subject = container(t, { process: { args: ["sh", "-c", `sh -c '${script}'; exit $?`] } });
    const { code: answer, stderr } = await subject.run();
    t.equal(answer, code);
    t.equal(stderr.replace(/^(Killed|Terminated|Aborted)\n/, ""), "");
    t.same(await subject.remains(), [], "the container is deleted");
  });
}

test("run answers 128 + n when the container's init dies of signal n", async (t) => {
  for (const [signal, code] of [
    ["KILL", 137],
    ["USR2", 140],
  ] as const) {
    // Without a handler the kernel spares PID 1, unless the signal comes from outside.
    const namespaces = ["mount", "uts", "ipc"].map((type) => ({ type }));
    const subject = container(t, { process: { args: ["sleep", "60"] }, linux: { namespaces } });
    const done = subject.run();
    await until("it runs", async () => (await subject.command("state")).stdout.includes('"running"'));
    t.equal((await subject.kill(signal)).code, 0);
    t.equal((await done).code, code, signal);
  }
});

const FORWARDED = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"] as const;

test("run passes the signals it gets to the container", async (t) => {
  const traps = FORWARDED.map((signal) => `trap "echo ${signal}" ${signal.slice(3)};`).join(" ");
  const subject = container(t, {
    process: { args: ["sh", "-c", `${traps} trap "exit 9" ALRM; echo ready; while :; do sleep 0.01; done`] },
  });
  const args = ["--root", subject.root, "run", "--bundle", subject.bundle, subject.id];
  const runtime = background(t, [...COMMAND, ...args]);
  await runtime.says(/ready/);
  for (const signal of FORWARDED) {
    runtime.signal(signal);
    await runtime.says(new RegExp(signal));
    t.pass(signal);
  }
  runtime.signal("SIGALRM");
  t.equal(await runtime.ended(), 9, "and its exit status back");
});

test("a signal that cannot be caught ends the runtime, and delete --force the container", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "echo ready; sleep 60"] } });
  const runtime = background(t, [...COMMAND, "--root", subject.root, "run", "--bundle", subject.bundle, subject.id]);
  await runtime.says(/ready/);
  const { pid } = await subject.state();
  runtime.signal("SIGKILL");
  t.equal((await subject.delete("--force")).code, 0);
  await until("the container is dead", () => !alive(pid));
  t.same(await subject.remains(), []);
});

test("delete --force ends a container in the foreground, and so the run that waits for it", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "echo ready; sleep 60"] } });
  const runtime = background(t, [...COMMAND, "--root", subject.root, "run", "--bundle", subject.bundle, subject.id]);
  await runtime.says(/ready/);
  t.equal((await subject.delete("--force")).code, 0);
  t.equal(await runtime.ended(), 137);
  t.same(await subject.remains(), []);
});

test("run --detach comes back while the container runs", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  t.equal((await subject.run(["--detach"])).code, 0);
  t.equal((await subject.state()).status, "running");
});

test("run --keep leaves the stopped container to be asked", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "exit 5"] } });
  t.equal((await subject.run(["--keep"])).code, 5);
  t.equal((await subject.state()).status, "stopped");
  t.equal((await subject.delete()).code, 0);
});

test("a created container is a child of whoever reaps for its caller", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "exit 6"] } });
  const args = ["--root", subject.root, "create", "--bundle", subject.bundle, subject.id];
  const reaper = background(t, [probe(), "reaper", ...COMMAND, ...args]);
  await reaper.says(/^runtime \d+ 0$/m);
  const { pid } = await subject.state();
  t.equal((await subject.start()).code, 0);
  t.equal(await reaper.ended(), 0);
  t.match(reaper.stdout, new RegExp(`^container ${pid} 6$`, "m"), "its exit status can be had");
});

const CLOSED: readonly { what: string; redirection: string; streams: readonly string[] }[] = [
  { what: "standard input", redirection: "<&-", streams: ["/dev/null"] },
  { what: "standard error", redirection: "2>&-", streams: ["", "", "/dev/null"] },
  { what: "all of them", redirection: "<&- >&- 2>&-", streams: ["/dev/null", "/dev/null", "/dev/null"] },
];

for (const { what, redirection, streams } of CLOSED) {
  test(`${what}: a closed stream is /dev/null, and no file of runt's`, async (t) => {
    const script = "exec 9> /mnt/fds; for fd in 0 1 2; do echo $fd $(readlink /proc/$$/fd/$fd) >&9; done";
    const subject = container(t, (it) => ({
      process: { args: ["sh", "-c", script] },
      mounts: [...MOUNTS, { destination: "/mnt", source: it.folder("out"), options: ["bind"] }],
    }));
    const launcher = ["sh", "-c", `exec "$@" ${redirection}`, "sh"];
    await subject.run([], { launcher, env: { PATH } });
    const lines = read(join(subject.directory, "out/fds")).trim().split("\n");
    for (const [fd, target] of streams.entries())
      if (target !== "") t.ok(lines.includes(`${fd} ${target}`), lines.join());
    t.notMatch(lines.join(), /\/state\/|socket:|\/cgroup\//);
  });
}

test("what fails with closed streams writes its error nowhere else", async (t) => {
  const subject = container(t, { process: { args: ["/nonexistent"] } });
  const launcher = ["sh", "-c", 'exec "$@" 2>&-', "sh"];
  const { code, stdout } = await subject.run(["--keep"], { launcher, env: { PATH } });
  t.same([code, stdout], [1, ""]);
});
