/** config.md § POSIX-platform Hooks: where their paths resolve, which namespaces they run in, and which root they see. */
import { equal, notEqual } from "node:assert/strict";
import { readLink } from "../test/support/host.ts";
import { finish, HOOKS, log, ON_HOST, order, SINCE, script, startHook, withHooks } from "./hooks.ts";
import { copies, reads } from "./support/asks.ts";
import { must } from "./support/requirement.ts";

/** Before, hooks had no namespace to run in, and none to be found in. */
const PLACES = { since: "1.0.2" };

const RESOLVES = (kind: string) => `The ${kind} hooks' path MUST resolve in the runtime namespace.`;

for (const kind of ON_HOST) {
  must(
    `hooks-${kind}-path`,
    HOOKS,
    RESOLVES(kind),
    async (c) => {
      // There is no shell in the container.
      await c.created(withHooks(c, { [kind]: order(c, kind) }));
      await c.succeed("start", c.start());
      await finish(c);
      equal(log(c), `${kind}\n`);
    },
    PLACES,
  );
}

const NAMESPACE_LINKS = 'for n in mnt net uts ipc; do readlink /proc/self/ns/$n; done > "$LOG/namespaces"';

/** The same of a process of the host's. */
const namespaceLinks = (pid: number | "self"): string =>
  ["mnt", "net", "uts", "ipc"].map((name) => `${readLink(`/proc/${pid}/ns/${name}`)}\n`).join("");
const RUNS_IN = (kind: string, which: string) => `The ${kind} hooks MUST be executed in the ${which} namespace.`;

for (const kind of ["prestart", "createRuntime", "poststart", "poststop"] as const) {
  must(
    `hooks-${kind}-namespace`,
    HOOKS,
    RUNS_IN(kind, "runtime"),
    async (c) => {
      await c.created(withHooks(c, { [kind]: [script(c, NAMESPACE_LINKS)] }));
      await c.succeed("start", c.start());
      await finish(c);
      equal(log(c, "namespaces"), namespaceLinks("self"));
    },
    PLACES,
  );
}

must(
  "hooks-createContainer-namespace",
  HOOKS,
  RUNS_IN("createContainer", "container"),
  async (c) => {
    await c.created(withHooks(c, { createContainer: [script(c, NAMESPACE_LINKS)] }));
    const { pid } = await c.state();
    equal(log(c, "namespaces"), namespaceLinks(pid));
  },
  PLACES,
);

must(
  "hooks-startContainer-namespace",
  HOOKS,
  RUNS_IN("startContainer", "container"),
  async (c) => {
    c.install("/hook", { namespace: copies("/proc/self/mountinfo", "/log/mnt") });
    const asks = { own: reads("/proc/self/mountinfo") };
    await c.created(withHooks(c, { startContainer: [{ path: "/hook" }] }), asks);
    await c.succeed("start", c.start());
    const { own } = await c.told(asks);
    equal(log(c, "mnt"), own);
  },
  PLACES,
);

must(
  "hooks-startContainer-path",
  HOOKS,
  "The startContainer hooks' path MUST resolve in the container namespace.",
  async (c) => {
    await c.created(
      withHooks(c, { startContainer: [startHook(c, "/only-in-the-container")], createRuntime: order(c, "made") }),
    );
    await c.succeed("start", c.start());
    await c.told({});
    equal(log(c), "startContainer\n");
  },
  PLACES,
);

for (const kind of ["prestart", "createRuntime", "createContainer"] as const) {
  must(
    `hooks-${kind}-before-pivot`,
    HOOKS,
    `The ${kind} hooks MUST be called as part of the create operation after the runtime environment has been created […] but before the pivot_root or any equivalent operation has been executed.`,
    async (c) => {
      // Before, the process that waits has the host's root and not the container's.
      const hook = script(
        c,
        `pid=$(echo "$STATE" | sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p'); [ "$pid" -gt 1 ] || pid=self; ls /proc/$pid/root/observer > "$LOG/inside" 2>&1; ls /proc/$pid/root/bin/sh > "$LOG/order" 2>&1; true`,
      );
      await c.created(withHooks(c, { [kind]: [hook] }));
      equal(log(c).replace(/\/proc\/\w+\/root/, ""), "/bin/sh\n");
      notEqual(log(c, "inside").replace(/\/proc\/\w+\/root/, ""), "/observer\n");
    },
    SINCE[kind],
  );
}
