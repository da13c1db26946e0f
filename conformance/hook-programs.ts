/** config.md § POSIX-platform Hooks: how their programs are executed. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { HOOKS, log, SINCE, withHooks } from "./hooks.ts";
import { must } from "./support/requirement.ts";

must(
  "hooks-arguments",
  HOOKS,
  "args (array of strings, OPTIONAL) with the same semantics as IEEE Std 1003.1-2008 execv's argv.",
  async (c) => {
    const hook = {
      path: "/bin/sh",
      args: ["name", "-c", 'echo "$0|$1|$2" > "$OUT"', "zero", "one two", ""],
      env: [`OUT=${join(c.folder("log"), "order")}`],
    };
    await c.created(withHooks(c, { createRuntime: [hook] }));
    equal(log(c), "zero|one two|\n");
  },
  SINCE.createRuntime,
);

must(
  "hooks-environment",
  HOOKS,
  "env (array of strings, OPTIONAL) with the same semantics as IEEE Std 1003.1-2008's environ.",
  async (c) => {
    const out = join(c.folder("log"), "order");
    const hook = {
      path: "/bin/sh",
      args: ["sh", "-c", `/usr/bin/env | /usr/bin/sort > ${out}`],
      env: ["A=1", "B=with space"],
    };
    await c.created(withHooks(c, { createRuntime: [hook] }));
    // The shell adds PWD and _.
    deepEqual(
      log(c)
        .split("\n")
        .filter((line) => /^[AB]=/.test(line)),
      ["A=1", "B=with space"],
    );
    ok(!log(c).includes("PATH="), "nothing of the runtime's environment");
  },
  SINCE.createRuntime,
);

must(
  "hooks-stdin-unread",
  HOOKS,
  "The state of the container MUST be passed to hooks over stdin",
  async (c) => {
    // A hook need not read what it is told: not even before it ends.
    const hook = { path: "/bin/sh", args: ["sh", "-c", "exec <&-; exit 0"] };
    const annotations = { "com.example.long": "x".repeat(200_000) };
    await c.created(withHooks(c, { createRuntime: [hook] }, { annotations }));
    equal(await c.status(), "created");
  },
  SINCE.createRuntime,
);
