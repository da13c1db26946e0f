/** config.md § POSIX-platform Hooks, and the steps of the lifecycle that call them. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { type Config, merge } from "../test/support/bundle.ts";
import { PATH } from "../test/support/command.ts";
import { read } from "../test/support/host.ts";
import { copies, reads, writes } from "./support/asks.ts";
import type { State } from "./support/container.ts";
import { must } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

export const HOOKS = "config.md § POSIX-platform Hooks";
export const LIFECYCLE = "runtime.md § Lifecycle";

export const ON_HOST = ["prestart", "createRuntime", "createContainer", "poststart", "poststop"] as const;

/** The versions that brought the kinds: prestart hooks are as old as the others, but 1.0.2 has them called by `create`. */
export const SINCE = {
  prestart: { since: "1.0.2" },
  createRuntime: { since: "1.0.2" },
  createContainer: { since: "1.0.2" },
  startContainer: { since: "1.0.2" },
  poststart: { since: "1.0" },
  poststop: { since: "1.0" },
} as const;

/** A hook whose path the runtime's namespace resolves: a script, with $LOG the folder `log`, $STATE what it was told. */
export function script(c: Subject, text: string): Config {
  return {
    path: "/bin/sh",
    args: ["sh", "-c", `STATE=$(cat); ${text}`],
    env: [`LOG=${c.folder("log")}`, `PATH=${PATH}`],
  };
}

/** A container that says when its program runs, with the hooks of `hooks`. */
export function withHooks(c: Subject, hooks: Config, change: Config = {}): Config {
  const log = { destination: "/log", type: "none", source: c.folder("log"), options: ["bind"] };
  return merge({ hooks, mounts: [...(c.base().mounts as object[]), log] }, change);
}

export function log(c: Subject, name = "order"): string {
  return read(join(c.folder("log"), name));
}

/** The startContainer hook: a program in the container that writes its name. */
export function startHook(c: Subject, path = "/hook"): Config {
  c.folder("log");
  c.install(path, { wrote: writes("/log/order", "startContainer\n") });
  return { path };
}

/** A file that hooks on either side append to. */
export function order(c: Subject, ...names: string[]): Config[] {
  return names.map((name) => script(c, `echo ${name} >> "$LOG/order"`));
}

/** The container's end, as an engine brings it about. */
export async function finish(c: Subject): Promise<void> {
  await c.stop();
  await c.succeed("delete", c.delete());
}

must(
  "hooks-listed-order",
  HOOKS,
  "Hooks MUST be called in the listed order.",
  async (c) => {
    await c.created(
      withHooks(c, Object.fromEntries(ON_HOST.map((kind) => [kind, order(c, `${kind}-1`, `${kind}-2`, `${kind}-3`)]))),
    );
    await c.succeed("start", c.start());
    await finish(c);
    const expected = ON_HOST.flatMap((kind) => [1, 2, 3].map((n) => `${kind}-${n}\n`)).join("");
    equal(log(c), expected);
  },
  SINCE.createRuntime,
);

const STEPS = {
  prestart: "The prestart hooks MUST be invoked by the runtime.",
  createRuntime: "The createRuntime hooks MUST be invoked by the runtime.",
  createContainer: "The createContainer hooks MUST be invoked by the runtime.",
  poststart: "The poststart hooks MUST be invoked by the runtime.",
  poststop: "The poststop hooks MUST be invoked by the runtime.",
} as const;

for (const kind of ON_HOST) {
  must(
    `hooks-${kind}-invoked`,
    LIFECYCLE,
    STEPS[kind],
    async (c) => {
      await c.created(withHooks(c, { [kind]: order(c, kind) }));
      const atCreate = log(c);
      await c.succeed("start", c.start());
      const atStart = log(c);
      await c.stop();
      const atStop = log(c);
      await c.succeed("delete", c.delete());
      const seen = { atCreate, atStart, atStop, atDelete: log(c) };
      const called = `${kind}\n`;
      const create = kind.startsWith("create") || kind === "prestart" ? called : "";
      const start = kind === "poststart" ? called : create;
      deepEqual(seen, { atCreate: create, atStart: start, atStop: start, atDelete: called });
    },
    SINCE[kind],
  );
}

must(
  "hooks-startContainer-invoked",
  LIFECYCLE,
  "The startContainer hooks MUST be invoked by the runtime.",
  async (c) => {
    await c.created(withHooks(c, { startContainer: [startHook(c)], createRuntime: order(c, "made") }));
    equal(log(c), "made\n");
    await c.succeed("start", c.start());
    await c.told({});
    equal(log(c), "startContainer\n", "the hook has overwritten the file");
  },
  SINCE.startContainer,
);

must(
  "hooks-prestart-before-createRuntime",
  "config.md § Prestart",
  "The prestart hooks MUST be called before the createRuntime hooks.",
  async (c) => {
    await c.created(withHooks(c, { createRuntime: order(c, "createRuntime"), prestart: order(c, "prestart") }));
    equal(log(c), "prestart\ncreateRuntime\n");
  },
  SINCE.createRuntime,
);

must(
  "hooks-createContainer-after-createRuntime",
  "config.md § CreateContainer Hooks",
  "The createContainer hooks MUST be called after the createRuntime hooks.",
  async (c) => {
    await c.created(
      withHooks(c, { createContainer: order(c, "createContainer"), createRuntime: order(c, "createRuntime") }),
    );
    equal(log(c), "createRuntime\ncreateContainer\n");
  },
  SINCE.createContainer,
);

must(
  "hooks-startContainer-before-program",
  "config.md § StartContainer Hooks",
  "The startContainer hooks MUST be called before the user-specified process is executed as part of the start operation.",
  async (c) => {
    const asks = { order: reads("/log/order") };
    const hooks = { startContainer: [startHook(c)], createRuntime: order(c, "made") };
    await c.created(withHooks(c, hooks), asks);
    await c.succeed("start", c.start());
    equal((await c.told(asks)).order, "startContainer\n");
  },
  SINCE.startContainer,
);

must(
  "hooks-poststart-after-program",
  "config.md § Poststart",
  "The poststart hooks MUST be called after the user-specified process is executed but before the start operation returns.",
  async (c) => {
    const hook = script(
      c,
      'pid=$(echo "$STATE" | sed -n \'s/.*"pid": *\\([0-9]*\\).*/\\1/p\'); tr "\\0" " " < /proc/$pid/cmdline > "$LOG/order"',
    );
    await c.created(withHooks(c, { poststart: [hook] }));
    equal(log(c), "");
    await c.succeed("start", c.start());
    match(log(c), new RegExp(c.id), "the process is the user's program");
  },
);

must(
  "hooks-poststop-after-delete",
  "config.md § Poststop",
  "The poststop hooks MUST be called after the container is deleted but before the delete operation returns.",
  async (c) => {
    await c.created(withHooks(c, { poststop: order(c, "poststop") }));
    await c.stop();
    equal(log(c), "");
    await c.succeed("delete", c.delete());
    equal(log(c), "poststop\n");
  },
);

const WHILE_CREATED = ["creating", "created"];
const STATUSES: Readonly<Record<(typeof ON_HOST)[number], readonly string[]>> = {
  prestart: WHILE_CREATED,
  createRuntime: WHILE_CREATED,
  createContainer: WHILE_CREATED,
  poststart: ["running"],
  poststop: ["stopped"],
};

for (const kind of ON_HOST) {
  must(
    `hooks-${kind}-state`,
    HOOKS,
    "The state of the container MUST be passed to hooks over stdin so that they may do work appropriate to the current state of the container.",
    async (c) => {
      await c.created(
        withHooks(
          c,
          { [kind]: [script(c, 'printf %s "$STATE" > "$LOG/state"')] },
          { annotations: { "com.example.key": "value" } },
        ),
      );
      const { pid } = await c.state();
      await c.succeed("start", c.start());
      await finish(c);
      const state = JSON.parse(log(c, "state")) as State;
      equal(state.id, c.id);
      equal(state.bundle, c.bundle);
      match(state.ociVersion, /^\d+\.\d+/);
      equal(state.annotations?.["com.example.key"], "value");
      if (kind !== "poststop") {
        const inContainer = kind === "createContainer" && state.pid === 1;
        ok(inContainer || state.pid === pid, `pid is ${state.pid}, that of the container is ${pid}`);
      }
      ok(STATUSES[kind].includes(state.status), `the status at ${kind} is ${state.status}`);
    },
    SINCE[kind],
  );
}

must(
  "hooks-startContainer-state",
  "runtime.md § State",
  "For hooks executed in the container namespace, it is the pid as seen by the container.",
  async (c) => {
    c.install("/hook", { state: copies("/proc/self/fd/0", "/log/state") });
    await c.created(withHooks(c, { startContainer: [{ path: "/hook" }] }));
    await c.succeed("start", c.start());
    await c.told({});
    const state = JSON.parse(log(c, "state")) as State;
    equal(state.id, c.id);
    equal(state.pid, 1);
  },
  { since: "1.1" },
);
