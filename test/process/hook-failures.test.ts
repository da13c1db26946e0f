/** runtime.md § Lifecycle: what a failing hook of each kind does to the container, and how it is told. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { namespacesBut } from "../support/bundle.ts";
import { runt } from "../support/command.ts";
import { type Container, container, refused } from "../support/container.ts";
import { type Hook, type HookEntry, hook, withHooks } from "../support/hooks.ts";
import { processesNamed, read, until } from "../support/host.ts";

const say = (name: string) => `echo ${name} >> "$LOG/all"`;
const told = (subject: Container) => read(join(subject.directory, "log/all")).trim().split("\n").filter(Boolean);

/** A container whose hooks of `kind` are: one that speaks, `failing`, one that must not be reached; and poststop speaks. */
function withFailing(kind: Hook, failing: (subject: Container) => HookEntry) {
  return (it: Container) =>
    withHooks(it, (each) => {
      if (each === kind)
        return [hook(it, each, `echo first; ${say("first")}`), failing(it), hook(it, each, say("never"))];
      return each === "poststop" ? [hook(it, each, say("poststop"))] : [];
    });
}

/** The same words for hooks of the runtime's namespaces and of the container's. */
const FAILURES: readonly { name: string; error: RegExp; failing: (kind: Hook) => (it: Container) => HookEntry }[] = [
  {
    name: "exits with 3",
    error: /hook "\/bin\/sh": it ended with code 3$/m,
    failing: (kind) => (it) => hook(it, kind, "exit 3"),
  },
  {
    name: "says why on stderr",
    error: /hook "\/bin\/sh": it ended with code 1, and printed "because"$/m,
    failing: (kind) => (it) => hook(it, kind, "echo because >&2; exit 1"),
  },
  {
    name: "exits with what a shell calls a signal",
    error: /hook "\/bin\/sh": it ended with code 137$/m,
    failing: (kind) => (it) => hook(it, kind, "exit 137"),
  },
  {
    name: "dies of a signal",
    error: /hook "\/bin\/sh": it was killed by signal 9$/m,
    failing: (kind) => (it) => hook(it, kind, "kill -9 $$"),
  },
  {
    name: "takes longer than its timeout",
    error: /hook "\/bin\/sh": it took longer than its timeout, 1 s, and printed "slow"$/m,
    failing: (kind) => (it) => ({ ...hook(it, kind, "echo slow; exec sleep 55"), timeout: 1 }),
  },
  {
    name: "is not there",
    error:
      /hook "\/no\/such": execute it: execve\("\/no\/such", .*\): ENOENT: no such file or directory \(there is no such file, .*\)$/m,
    failing: (kind) => (it) => ({ ...hook(it, kind, ""), path: "/no/such" }),
  },
  {
    name: "is not executable",
    error:
      /hook "\/etc\/passwd": execute it: execve\("\/etc\/passwd", .*\): EACCES: permission denied \(it is not executable, .*\)$/m,
    failing: (kind) => (it) => ({ ...hook(it, kind, ""), path: "/etc/passwd" }),
  },
  {
    name: "prints a lot",
    // The end of it, and nothing of the hook before.
    error: /it ended with code 4, and printed "(?!.*first)[^"]*\\nlast"$/m,
    failing: (kind) => (it) => hook(it, kind, "yes line | head -n 3000; echo last; exit 4"),
  },
];

for (const kind of ["prestart", "createRuntime", "createContainer"] as const) {
  for (const { name, error, failing } of FAILURES) {
    test(`create fails and nothing is left when a ${kind} hook ${name}`, async (t) => {
      const subject = container(t, withFailing(kind, failing(kind)));
      const { code, stdout, stderr } = await subject.create();
      t.not(code, 0);
      t.match(stdout + stderr, error);
      t.match(stderr, new RegExp(kind, "i"), "the kind of hook is named");
      t.same(await subject.remains(), []);
      t.same(told(subject), ["first", "poststop"], "the rest of the list is skipped, poststop hooks are not");
    });
  }
}

for (const { name, error, failing } of FAILURES) {
  test(`start fails and the container is gone when a startContainer hook ${name}`, async (t) => {
    const subject = container(t, withFailing("startContainer", failing("startContainer")));
    t.equal((await subject.create()).code, 0);
    const { code, stderr } = await subject.start();
    t.not(code, 0);
    t.match(stderr, error);
    t.match(stderr, /startContainer/i);
    t.same(await subject.remains(), [], "stopped and deleted");
    t.same(told(subject), ["first", "poststop"]);
  });

  test(`start fails and the container is gone when a poststart hook ${name}`, async (t) => {
    const subject = container(t, withFailing("poststart", failing("poststart")));
    t.equal((await subject.create()).code, 0);
    const { code, stdout, stderr } = await subject.start();
    t.not(code, 0);
    t.match(stdout + stderr, error);
    t.match(stderr, /poststart/i);
    t.same(await subject.remains(), [], "stopped and deleted");
    t.same(told(subject), ["first", "poststop"]);
  });

  for (const kind of ["startContainer", "poststart"] as const) {
    test(`run fails and the container is gone, once, when a ${kind} hook ${name}`, async (t) => {
      const subject = container(t, withFailing(kind, failing(kind)));
      const { code, stderr } = await subject.run(["--detach"]);
      t.not(code, 0);
      t.match(stderr, new RegExp(`^runt run failed: run ${kind} hook `));
      t.same(await subject.remains(), []);
      t.same(told(subject), ["first", "poststop"]);
    });
  }

  test(`delete only warns when a poststop hook ${name}`, async (t) => {
    const subject = container(t, (it) =>
      withHooks(it, (each) => (each === "poststop" ? [failing("poststop")(it), hook(it, each, say("second"))] : [])),
    );
    await subject.create();
    const { code, stdout, stderr } = await subject.delete("--force");
    t.equal(code, 0);
    t.match(stdout + stderr, error);
    t.same(told(subject), ["second"], "the rest of the list runs");
    t.same(await subject.remains(), []);
  });
}

for (const kind of ["createRuntime", "createContainer"] as const) {
  test(`a ${kind} hook that takes longer than its timeout is killed and fails`, async (t) => {
    const begun = Date.now();
    const slow = (it: Container) => ({ ...hook(it, kind, "sleep 55 & sleep 55"), timeout: 1 });
    const subject = container(t, withFailing(kind, slow));
    const { code, stderr } = await subject.create();
    t.not(code, 0);
    t.match(stderr, /timeout|timed out|deadline|not done within/i);
    t.ok(Date.now() - begun < 20_000, "not after its own 55 seconds");
    await until("no hook is left", () => processesNamed(subject.directory).length === 0);
    t.same(await subject.remains(), []);
  });
}

test("what a createContainer hook has started ends with it where no namespace or cgroup does that", async (t) => {
  const subject = container(t, (it) => {
    const slow = { ...hook(it, "createContainer", "sleep 55 & sleep 55"), timeout: 1 };
    return withHooks(it, (kind) => (kind === "createContainer" ? [slow] : []), {
      linux: { namespaces: namespacesBut("pid") },
    });
  });
  const flags = ["--root", subject.root, "--cgroup-manager", "disabled"];
  const { code, stderr } = await runt([...flags, "create", "--bundle", subject.bundle, subject.id]);
  t.not(code, 0);
  t.match(stderr, /it took longer than its timeout, 1 s/);
  await until("no hook is left", () => processesNamed(subject.directory).length === 0);
});

test("a hook that is done within its timeout is fine", async (t) => {
  const subject = container(t, (it) =>
    withHooks(it, (kind) => (kind === "createRuntime" ? [{ ...hook(it, kind, say("ok")), timeout: 20 }] : [])),
  );
  t.equal((await subject.create()).code, 0);
  t.same(told(subject), ["ok"]);
});

test("a hook that does not read the state, or reads it late, is fine", async (t) => {
  const annotations = { long: "x".repeat(200_000) };
  const subject = container(t, (it) =>
    withHooks(
      it,
      (kind) =>
        kind === "createRuntime"
          ? [hook(it, kind, say("unread")), hook(it, kind, 'sleep 0.2; wc -c >> "$LOG/all"')]
          : [],
      { annotations },
    ),
  );
  t.equal((await subject.create()).code, 0);
  const [unread, length] = told(subject);
  t.equal(unread, "unread");
  t.ok(Number(length) > 200_000, "the whole of it");
});

test("a hook is refused", async (t) => {
  const entry = (change: object) => (it: Container) => ({
    hooks: { createRuntime: [{ ...hook(it, "createRuntime", "true"), ...change }] },
  });
  t.match(await refused(t, entry({ timeout: 0 })), /timeout/i, "whose timeout is zero");
  t.match(await refused(t, entry({ timeout: -1 })), /timeout/i, "whose timeout is negative");
  t.match(await refused(t, entry({ path: "bin/true" })), /path|bin\/true/i, "whose path is relative");
  t.match(await refused(t, entry({ path: undefined })), /path/i, "without path");
});

test("refused hooks do not run", async (t) => {
  const subject = container(t, (it) => {
    const marker = join(it.directory, "ran");
    writeFileSync(join(it.directory, "hook"), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    return { hooks: { createRuntime: [{ path: join(it.directory, "hook") }, { path: "relative" }] } };
  });
  t.not((await subject.create()).code, 0);
  t.notOk(existsSync(join(subject.directory, "ran")));
});
