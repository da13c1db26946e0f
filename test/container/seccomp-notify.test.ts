/** config-linux.md § Seccomp: the listener, which this version has not, and must not leave out in silence. */
import { test } from "tap";
import { refused } from "../support/container.ts";

const profile = (change: object) => ({
  linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", ...change } },
});
const NOTIFY = { syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }] };

test("a profile with a listener is refused", async (t) => {
  const error = await refused(t, profile({ ...NOTIFY, listenerPath: "/run/agent.sock" }));
  t.match(error, /linux\.seccomp\.listenerPath/);
});

test("NOTIFY without a listener is refused", async (t) => {
  t.match(await refused(t, profile(NOTIFY)), /listenerPath/);
});
