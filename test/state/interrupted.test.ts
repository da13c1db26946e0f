/**
 * Commands that are killed at every system call that they make. Whatever has been made by then, delete --force removes it.
 */
import { test } from "tap";
import { container } from "../support/container.ts";
import { PATIENCE } from "../support/host.ts";
import { COMMANDS, callsOf, cleanedUp, small, strace } from "../support/strace.ts";

for (const [name, { command, prepare, change = small }] of Object.entries(COMMANDS)) {
  test(`${name} killed at any of its system calls: delete --force removes what there is`, {
    timeout: 300_000 * PATIENCE,
  }, async (t) => {
    const calls = await callsOf(t, command, prepare, false, change);
    for (const call of calls) {
      const subject = container(t, change);
      await prepare(subject);
      await command(subject, strace("/dev/null", false, "-e", `inject=${call.name}:signal=KILL:when=${call.n}`));
      await cleanedUp(t, subject, `killed at ${call.name} ${call.n}`);
    }
    t.ok(calls.length > 10, `killed at ${calls.length} calls`);
  });
}

test("create killed after any time: delete --force removes what there is", async (t) => {
  for (let delay = 0; delay < 60; delay++) {
    const subject = container(t, small);
    // In steps of 15 microseconds: finer than the runtime's own are long.
    const killer = ["sh", "-c", '"$@" & sleep 0.000$DELAY; kill -9 $!; wait $! 2>/dev/null', "sh"];
    const env = { PATH: "/usr/bin:/bin", DELAY: String(delay * 15).padStart(3, "0") };
    await subject.create([], { launcher: killer, env });
    await cleanedUp(t, subject, `killed after ${delay * 15} µs`);
  }
  t.pass();
});
