/** config-linux.md § Seccomp, SCMP_ACT_NOTIFY: the agent behind listenerPath gets the state and answers the calls. */
import { join } from "node:path";
import { test } from "tap";
import { listener } from "../support/background.ts";
import { container, refused } from "../support/container.ts";
import { probe } from "../support/scratch.ts";
import { ERRNO, SYSCALL } from "../support/syscalls.ts";

const notify = (names: readonly string[], more: object) => ({
  linux: { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names, action: "SCMP_ACT_NOTIFY" }], ...more } },
});

test("the agent answers the program's calls, and was told whose they are", async (t) => {
  const annotations = { "org.example": "x" };
  const subject = container(t, (it) => ({
    ...notify(["getsid"], { listenerPath: join(it.directory, "agent.sock"), listenerMetadata: "opaque é" }),
    annotations,
    process: { args: ["probe", "call", String(SYSCALL.getsid), "0"] },
  }));
  const agent = await listener(t, [probe(), "agent", join(subject.directory, "agent.sock"), String(ERRNO.EXDEV)]);
  const created = await subject.create();
  t.equal(created.code, 0, created.stderr);
  const { pid } = await subject.state();
  t.equal((await subject.start()).code, 0);
  await agent.ended();
  t.equal(subject.stdout, `-${ERRNO.EXDEV}\n`);
  const told = JSON.parse(agent.stdout);
  t.same(told.fds, ["seccompFd"]);
  t.equal(told.pid, pid);
  t.equal(told.metadata, "opaque é");
  t.match(told.ociVersion, /^1\./);
  t.equal(told.state.id, subject.id);
  t.equal(told.state.pid, pid);
  t.equal(told.state.bundle, subject.bundle);
  t.same(told.state.annotations, annotations);
  t.match(told.state.status, /^creat(ing|ed)$/);
});

test("a listener is refused", async (t) => {
  t.match(await refused(t, notify(["getsid"], {})), /listenerPath|listener/i, "NOTIFY without one");
  const nobody = (names: string[]) => (it: { directory: string }) =>
    notify(names, { listenerPath: join(it.directory, "nobody.sock") });
  const subject = container(t, nobody(["getsid"]));
  const results = [await subject.create(), await subject.start()];
  t.ok(
    results.some(({ code }) => code !== 0),
    "one that nobody listens on",
  );
  t.match(results.map(({ stderr }) => stderr).join(""), /nobody\.sock|listener|connect/i);
  t.match(await refused(t, nobody(["write"])), /write/, "NOTIFY for write, by which the agent could not be told");
});

test("listenerPath without NOTIFY is ignored", async (t) => {
  const seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    listenerPath: "/no/such/socket",
    syscalls: [{ names: ["getsid"], action: "SCMP_ACT_ERRNO" }],
  };
  t.equal((await container(t, { linux: { seccomp } }).run()).code, 0);
});
