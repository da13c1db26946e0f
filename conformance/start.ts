/** runtime.md § Start. */
import { equal } from "node:assert/strict";
import { calls } from "./support/asks.ts";
import { must } from "./support/requirement.ts";

const START = "runtime.md § Start";
const NOT_CREATED =
  "Attempting to start a container that is not created MUST have no effect on the container and MUST generate an error.";

must(
  "start-no-id",
  START,
  "This operation MUST generate an error if it is not provided the container ID.",
  async (c) => {
    await c.created();
    await c.fail("start without an id", c.command(["start"]));
    equal(await c.status(), "created");
  },
);

must("start-unknown", START, NOT_CREATED, async (c) => {
  await c.fail("start", c.command(["start", c.id]));
});

must("start-running", START, NOT_CREATED, async (c) => {
  await c.running({});
  const { pid } = await c.state();
  await c.fail("start", c.start());
  const after = await c.state();
  equal(after.status, "running");
  equal(after.pid, pid);
});

must("start-stopped", START, NOT_CREATED, async (c) => {
  await c.created({}, { told: calls("getpid") }, { exit: 0 });
  await c.succeed("start", c.start());
  await c.becomes("stopped");
  const size = c.outputSize;
  await c.fail("start", c.start());
  equal(await c.status(), "stopped");
  equal(c.outputSize, size, "the program has not run again");
});

must(
  "start-runs-the-program",
  START,
  "This operation MUST run the user-specified program as specified by process.",
  async (c) => {
    await c.running({ told: calls("getpid") });
  },
);

must("start-without-process", START, "This operation MUST generate an error if process was not set.", async (c) => {
  c.prepare({ process: undefined });
  // A runtime that refuses at create has generated the error early: the container is not there to be started.
  const { code } = await c.create();
  if (code === 0) await c.fail("start", c.start());
});
