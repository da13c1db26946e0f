import { test } from "tap";
import { joinContainer } from "../../lib/init/join.ts";
import { E } from "../../lib/linux/errno.ts";
import { CLONE } from "../../lib/linux/sched.ts";
import { EXEC, flatten } from "./sequence.ts";

const ALL =
  CLONE.NEWUSER |
  CLONE.NEWIPC |
  CLONE.NEWUTS |
  CLONE.NEWNET |
  CLONE.NEWPID |
  CLONE.NEWCGROUP |
  CLONE.NEWTIME |
  CLONE.NEWNS;

test("all namespaces are joined by one call", async (t) => {
  const [step, ...more] = joinContainer({ ...EXEC, namespaces: ALL }, 12);
  t.same(more, []);
  t.match(step, { op: "attempt", on: [E.EINVAL], steps: [{ call: "setns", args: [12, ALL] }] });
  if (step?.op === "attempt") t.equal(step.steps.length, 1);
});

test("a kernel without that has them opened, while the container lives, before the first is joined", async (t) => {
  const calls = flatten(joinContainer({ ...EXEC, namespaces: ALL }, 12)).slice(1);
  const names = calls.map(({ call }) => call);
  t.ok(names.indexOf("pidfd_send_signal") > names.indexOf("openat"));
  t.ok(names.lastIndexOf("openat") < names.indexOf("setns"));
  const joined = calls.filter(({ call }) => call === "setns").map(({ args }) => args[1]);
  t.equal(
    joined.reduce<number>((flags, flag) => flags | (flag as number), 0),
    ALL,
  );
  t.equal(joined[0], CLONE.NEWUSER, "it gives the right to join the others");
  t.equal(joined.at(-1), CLONE.NEWNS);
});

test("of a container without a mount namespace the root is entered, which is opened while it lives", async (t) => {
  const calls = flatten(joinContainer({ ...EXEC, namespaces: CLONE.NEWPID }, 12)).map(({ call }) => call);
  t.same(calls.slice(0, 3), ["openat", "pidfd_send_signal", "setns"]);
  t.same(calls.slice(-3), ["fchdir", "chroot", "close"]);
});

test("no namespace is joined of a container that has none of its own", async (t) => {
  const calls = flatten(joinContainer({ ...EXEC, namespaces: 0 }, 12)).map(({ call }) => call);
  t.same(calls, ["openat", "pidfd_send_signal", "fchdir", "chroot", "close"]);
});
