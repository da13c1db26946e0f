/** Signals that come while a container is being made: the command takes away what there is, and ends as the signal says. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import type { Options } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { HOOKS, type Hook, hook, withHooks } from "../support/hooks.ts";
import { processesNamed, read, status, until } from "../support/host.ts";

/** A hook of that kind says that it is there, and stays. */
const hanging = (kind: Hook) => (it: Container) =>
  withHooks(it, (each) => {
    if (each === kind) return [hook(it, each, 'echo > "$LOG/there"; sleep 1000')];
    return each === "poststop" ? [hook(it, each, 'echo > "$LOG/poststop"')] : [];
  });

/** Runs the command, sends it a signal when the hook is there, and gives its answer. */
async function interrupted(subject: Container, args: readonly string[], signal: NodeJS.Signals, options: Options = {}) {
  let pid = 0;
  const started = (own: number): void => {
    pid = own;
  };
  const answer = subject.command(args[0] as string, ["--bundle", subject.bundle, ...args.slice(1)], {
    ...options,
    started,
  });
  await until("the hook is there", () => existsSync(join(subject.directory, "log/there")));
  process.kill(pid, signal);
  return answer;
}

const BEFORE_START: readonly Hook[] = ["prestart", "createRuntime", "createContainer"];
const CASES: readonly { args: readonly string[]; kinds: readonly Hook[] }[] = [
  { args: ["create"], kinds: BEFORE_START },
  { args: ["run"], kinds: HOOKS.filter((kind) => kind !== "poststop") },
  { args: ["run", "--detach"], kinds: HOOKS.filter((kind) => kind !== "poststop") },
];

for (const { args, kinds } of CASES) {
  for (const kind of kinds) {
    test(`${args.join(" ")}: a signal while a ${kind} hook hangs`, async (t) => {
      const subject = container(t, hanging(kind));
      const [signal, code] = kind === "createContainer" ? (["SIGTERM", 143] as const) : (["SIGINT", 130] as const);
      const answer = await interrupted(subject, args, signal);
      t.equal(answer.code, code);
      t.match(answer.stderr, `interrupted by ${signal}`);
      t.same(await subject.remains(), [], "nothing is left, the hook neither");
      t.ok(existsSync(join(subject.directory, "log/poststop")), "its poststop hooks have run");
    });
  }
}

test("a signal that the caller has the command ignore does not interrupt it", async (t) => {
  const subject = container(t, (it) =>
    withHooks(
      it,
      (kind) =>
        kind === "prestart" ? [hook(it, kind, 'echo > "$LOG/there"; until test -e "$LOG/go"; do sleep 0.1; done')] : [],
      { process: { args: ["true"] } },
    ),
  );
  const launcher = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"];
  const answer = interrupted(subject, ["run"], "SIGINT", { launcher });
  await until("the hook is there", () => existsSync(join(subject.directory, "log/there")));
  // SIGCHLD and SIGWINCH come to whoever has children and a terminal.
  for (const pid of processesNamed(subject.id)) {
    if (read(`/proc/${pid}/cmdline`).includes("\0run\0")) process.kill(pid, "SIGWINCH");
  }
  writeFileSync(join(subject.directory, "log/go"), "");
  t.equal((await answer).code, 0, (await answer).stderr);
});

test("signals that the caller ignores or blocks are as usual in the container and in hooks", async (t) => {
  const launcher = ["sh", "-c", "trap '' HUP INT QUIT PIPE USR1; exec \"$@\"", "sh"];
  // A shell would set its own.
  const program = container(t, { process: { args: ["grep", "Sig", "/proc/self/status"] } });
  const { stdout } = await program.run([], { launcher });
  t.match(status(stdout, "SigIgn"), /^0+$/);
  t.match(status(stdout, "SigBlk"), /^0+$/);

  for (const kind of HOOKS) {
    const subject = container(t, (it) => {
      const file = kind === "startContainer" ? "/log/status" : join(it.folder("log"), "status");
      const dump = { path: "/bin/dd", args: ["dd", "if=/proc/self/status", `of=${file}`], env: [] };
      return withHooks(it, (each) => (each === kind ? [dump] : []), { process: { args: ["true"] } });
    });
    const { code, stderr } = await subject.run([], { launcher });
    t.equal(code, 0, stderr);
    const seen = read(join(subject.directory, "log/status"));
    t.match(status(seen, "SigIgn"), /^0+$/, kind);
    t.match(status(seen, "SigBlk"), /^0+$/, kind);
  }
});
