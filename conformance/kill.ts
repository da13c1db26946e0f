/** runtime.md § Kill. */
import { equal } from "node:assert/strict";
import type { Config } from "../test/support/bundle.ts";
import type { Result } from "../test/support/command.ts";
import { until } from "../test/support/host.ts";
import { signalCame } from "./support/asks.ts";
import { invalid, must, should } from "./support/requirement.ts";
import type { Subject } from "./support/subject.ts";

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
  await c.stop();
});

must("kill-running", KILL, SEND, async (c) => {
  await c.running({});
  await c.stop();
});

/** A container that tells which signal comes, sent one by `send`. */
async function signalled(c: Subject, send: () => Promise<Result>, change: Config = {}): Promise<number> {
  await c.created(change, { signal: signalCame() }, { exit: 0 });
  await c.succeed("start", c.start());
  // It tells that it runs, and then that it listens.
  await until("the observer listens", () => c.outputSize >= 32);
  await c.succeed("kill", send());
  await c.becomes("stopped");
  return c.answers({ signal: signalCame() }).signal;
}

for (const [signal, number] of Object.entries({ TERM: 15, SIGUSR1: 10, HUP: 1, "12": 12, INT: 2 })) {
  must(`kill-signal-${signal}`, KILL, SEND, async (c) => {
    equal(await signalled(c, () => c.kill(signal)), number);
  });
}

should(
  "kill-stop-signal",
  "config.md § Annotations",
  "org.opencontainers.image.stopSignal: Indicates signal that SHOULD be sent by the container runtimes to kill the container.",
  async (c) => {
    const annotations = { "org.opencontainers.image.stopSignal": "SIGUSR2" };
    equal(await signalled(c, () => c.command(["kill", c.id]), { annotations }), 12);
  },
  { since: "1.2" },
);

invalid("kill-unknown-signal", async (c) => {
  await c.running({});
  await c.fail("kill with a signal that there is not", c.kill("NOSUCHSIGNAL"));
  equal(await c.status(), "running");
});
