/** What a runtime does when a hook fails: runtime.md § Lifecycle, steps 3 to 13. */
import { equal, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../test/support/bundle.ts";
import { HOOKS, LIFECYCLE, log, SINCE, script, startHook, withHooks } from "./hooks.ts";
import { must } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

const FAILS = (kind: string) =>
  `If any ${kind} hook fails, the runtime MUST generate an error, stop the container, and continue the lifecycle at step 12.`;

const BAD: Readonly<Record<string, (c: Subject) => Config>> = {
  exit: (c) => script(c, "exit 7"),
  missing: (c) => ({ path: join(c.directory, "no-such-hook") }),
  signal: (c) => script(c, "kill -KILL $$"),
};

for (const kind of ["prestart", "createRuntime", "createContainer"] as const) {
  for (const [how, hook] of Object.entries(BAD)) {
    must(
      `hooks-${kind}-fails-${how}`,
      LIFECYCLE,
      FAILS(kind),
      async (c) => {
        await c.refused(withHooks(c, { [kind]: [hook(c), script(c, 'echo next > "$LOG/order"')] }));
        equal(log(c), "", "the hook after it is not called");
        equal((await c.remains()).join("; "), "");
      },
      SINCE[kind],
    );
  }

  must(
    `hooks-${kind}-fails-poststop`,
    LIFECYCLE,
    `${FAILS(kind)} [Step 13:] The poststop hooks MUST be invoked by the runtime.`,
    async (c) => {
      await c.refused(
        withHooks(c, { [kind]: [script(c, "exit 1")], poststop: [script(c, 'echo poststop > "$LOG/order"')] }),
      );
      equal(log(c), "poststop\n");
    },
    SINCE[kind],
  );
}

for (const [how, path] of Object.entries({ fails: "/hook", missing: "/no-such-hook" })) {
  must(
    `hooks-startContainer-${how}`,
    LIFECYCLE,
    FAILS("startContainer"),
    async (c) => {
      c.install("/hook", {}, { exit: 3 });
      await c.created(withHooks(c, { startContainer: [{ path }] }));
      await c.fail("start", c.start());
      equal(c.outputSize, 0, "the user's program has not run");
      ok(["stopped", "gone"].includes(await c.status()), "the container is stopped");
    },
    SINCE.startContainer,
  );
}

must(
  "hooks-startContainer-fails-destroyed",
  LIFECYCLE,
  "The container MUST be destroyed by undoing the steps performed during create phase (step 2).",
  async (c) => {
    c.install("/hook", {}, { exit: 3 });
    await c.created(withHooks(c, { startContainer: [{ path: "/hook" }] }));
    await c.fail("start", c.start());
    equal((await c.remains()).join("; "), "");
  },
  SINCE.startContainer,
);

must(
  "hooks-poststart-fails",
  LIFECYCLE,
  FAILS("poststart"),
  async (c) => {
    await c.created(withHooks(c, { poststart: [script(c, "exit 1")] }));
    await c.fail("start", c.start());
    ok(["stopped", "gone"].includes(await c.status()), `the container is ${await c.status()}`);
  },
  { since: "1.3" },
);

must(
  "hooks-poststart-fails-destroyed",
  LIFECYCLE,
  "The container MUST be destroyed by undoing the steps performed during create phase (step 2).",
  async (c) => {
    const poststop = script(c, 'echo poststop > "$LOG/order"');
    await c.created(withHooks(c, { poststart: [script(c, "exit 1")], poststop: [poststop] }));
    await c.fail("start", c.start());
    equal((await c.remains()).join("; "), "");
    equal(log(c), "poststop\n", "the poststop hook is called");
  },
  { since: "1.3" },
);

must(
  "hooks-poststop-fails",
  LIFECYCLE,
  "If any poststop hook fails, the runtime MUST log a warning, but the remaining hooks and lifecycle continue as if the hook had succeeded.",
  async (c) => {
    const poststop = [
      script(c, "exit 1"),
      { path: join(c.directory, "no-such-hook") },
      script(c, 'echo last > "$LOG/order"'),
    ];
    await c.created(withHooks(c, { poststop }));
    await c.stop();
    await c.succeed("delete", c.delete());
    equal(log(c), "last\n");
    equal(await c.status(), "gone");
  },
);

must(
  "hooks-poststop-fails-warning",
  LIFECYCLE,
  "If any poststop hook fails, the runtime MUST log a warning",
  async (c) => {
    await c.created(withHooks(c, { poststop: [script(c, "exit 1")] }));
    await c.stop();
    const { stderr } = await c.succeed("delete", c.delete());
    ok(stderr.trim() !== "", "something is told");
  },
);

must(
  "hooks-timeout",
  HOOKS,
  "timeout (int, OPTIONAL) is the number of seconds before aborting the hook.",
  async (c) => {
    // Waited for, it would succeed.
    await c.refused(withHooks(c, { createRuntime: [{ ...script(c, "exec sleep 30"), timeout: 1 }] }));
  },
  SINCE.createRuntime,
);

for (const timeout of [0, -1]) {
  must(
    `hooks-timeout-${timeout}`,
    HOOKS,
    "If set, timeout MUST be greater than zero.",
    async (c) => {
      await c.refused(withHooks(c, { createRuntime: [{ ...script(c, "true"), timeout }] }));
    },
    SINCE.createRuntime,
  );
}

for (const kind of ["prestart", "createRuntime", "createContainer", "poststop"] as const) {
  must(
    `hooks-${kind}-relative-path`,
    HOOKS,
    "This specification extends the IEEE standard in that path MUST be absolute.",
    async (c) => {
      await c.refused(withHooks(c, { [kind]: [{ ...script(c, "true"), path: "bin/sh" }] }));
    },
    SINCE[kind],
  );
}

must(
  "hooks-startContainer-relative-path",
  HOOKS,
  "This specification extends the IEEE standard in that path MUST be absolute.",
  async (c) => {
    c.prepare(withHooks(c, { startContainer: [{ ...startHook(c), path: "hook" }] }), {}, "wait");
    const { code } = await c.create();
    if (code === 0) await c.fail("start", c.start());
    ok(!existsSync(join(c.folder("log"), "order")), "the hook is not called");
  },
  SINCE.startContainer,
);
