/** runtime.md § Kill. */
import { equal } from "node:assert/strict";
import { until } from "../test/support/host.ts";
import { signalCame } from "./support/asks.ts";
import { must } from "./support/requirement.ts";

const KILL = "runtime.md § Kill";
const SEND = "This operation MUST send the specified signal to the container process.";
const NEITHER =
  "Attempting to send a signal to a container that is neither created nor running MUST have no effect on the container and MUST generate an error.";

must("kill-no-id", KILL, "This operation MUST generate an error if it is not provided the container ID.", async (c) => {
  await c.created();
  await c.fail("kill without an id", c.command(["kill"]));
  equal(await c.status(), "created");
});

must("kill-unknown", KILL, NEITHER, async (c) => {
  await c.fail("kill", c.kill("KILL"));
});

must("kill-stopped", KILL, NEITHER, async (c) => {
  await c.created({}, {}, { exit: 0 });
  await c.succeed("start", c.start());
  await c.becomes("stopped");
  await c.fail("kill", c.kill("KILL"));
  equal(await c.status(), "stopped");
});

must("kill-created", KILL, SEND, async (c) => {
  await c.created();
  await c.succeed("kill", c.kill("KILL"));
  await c.becomes("stopped");
});

must("kill-running", KILL, SEND, async (c) => {
  await c.running({});
  await c.succeed("kill", c.kill("KILL"));
  await c.becomes("stopped");
});

for (const [signal, number] of Object.entries({ TERM: 15, SIGUSR1: 10, HUP: 1, "12": 12, INT: 2 })) {
  must(`kill-signal-${signal}`, KILL, SEND, async (c) => {
    await c.created({}, { signal: signalCame() }, { exit: 0 });
    await c.succeed("start", c.start());
    // It tells that it runs, and then that it listens.
    await until("the observer listens", () => c.outputSize >= 32);
    await c.succeed("kill", c.kill(signal));
    await c.becomes("stopped");
    equal(c.answers({ signal: signalCame() }).signal, number);
  });
}

must(
  "kill-unknown-signal",
  "config.md § Valid values",
  "Runtimes MUST generate an error when invalid or unsupported values are encountered.",
  async (c) => {
    await c.running({});
    await c.fail("kill with a signal that there is not", c.kill("NOSUCHSIGNAL"));
    equal(await c.status(), "running");
  },
);
