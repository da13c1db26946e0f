/** sd_notify(3) from a container: its socket, and what comes of it to the service manager's. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Background, background, listener } from "../support/background.ts";
import { type Config, MOUNTS, merge } from "../support/bundle.ts";
import { COMMAND, PATH } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { mountOn, mounts, pause, until } from "../support/host.ts";
import { probe } from "../support/scratch.ts";

const TMPFS = { mounts: [...MOUNTS, { destination: "/run", type: "tmpfs", source: "tmpfs" }] };
const says = (script: string): Config => ({ ...TMPFS, process: { args: ["sh", "-c", script] } });
const READY = "probe notify READY=1; exec sleep 60";

async function withManager(t: Test, script: string, change: Config = {}) {
  const subject = container(t, merge(says(script), change));
  const socket = join(subject.directory, "manager.sock");
  const manager = await listener(t, [probe(), "manager", socket]);
  return { subject, manager, env: { PATH, NOTIFY_SOCKET: socket } };
}

/** The runtime as a child that may wait. */
function waiting(t: Test, subject: Container, env: Record<string, string>, ...args: string[]): Background {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return background(t, ["env", ...variables, ...COMMAND, "--root", subject.root, ...args, subject.id]);
}

test("start passes READY=1 on with the pid, and ends then", async (t) => {
  const { subject, manager, env } = await withManager(t, READY);
  t.equal((await subject.create([], { env })).code, 0);
  t.equal((await subject.start({ env })).code, 0);
  const { pid, status } = await subject.state();
  t.equal(status, "running");
  await manager.says(/BARRIER/);
  t.equal(manager.stdout, `READY=1 MAINPID=${pid}\nBARRIER=1\n`);
});

test("run --detach does so, too", async (t) => {
  const { subject, manager, env } = await withManager(t, READY);
  t.equal((await subject.run(["--detach"], { env })).code, 0);
  const { pid } = await subject.state();
  await manager.says(/BARRIER/);
  t.equal(manager.stdout, `READY=1 MAINPID=${pid}\nBARRIER=1\n`);
});

test("run in the foreground passes on whatever comes; the service ends with the command", async (t) => {
  const script = "probe notify 'STATUS=a b' READY=1 WATCHDOG=1 STOPPING=1; exit 7";
  const { subject, manager, env } = await withManager(t, script);
  let runtime = 0;
  const { code } = await subject.run([], { env, started: (pid) => (runtime = pid) });
  t.equal(code, 7);
  await manager.says(/STOPPING/);
  t.equal(manager.stdout, `STATUS=a b\nREADY=1 MAINPID=${runtime}\nBARRIER=1\nWATCHDOG=1\nSTOPPING=1\n`);
});

test("start waits for READY=1, but not for a container that has ended, and holds no lock meanwhile", async (t) => {
  const { subject, manager, env } = await withManager(t, "probe notify STATUS=coming; exec sleep 60");
  await subject.create([], { env });
  const start = waiting(t, subject, env, "start");
  await manager.says(/STATUS=coming/);
  await pause(50);
  t.equal(start.code, undefined, "it waits");
  t.equal((await subject.delete("--force")).code, 0, "the container can be deleted");
  t.equal(await start.ended(), 0);
});

test("what is said right before the end still arrives", async (t) => {
  const { subject, manager, env } = await withManager(t, "probe notify STATUS=last");
  await subject.create([], { env });
  t.equal((await subject.start({ env })).code, 0);
  await manager.says(/STATUS=last/);
});

test("the socket is for any user of the container, on a mount that is private and read-only", async (t) => {
  const script =
    "stat -c %a /run/notify/notify.sock; echo $NOTIFY_SOCKET; cat /proc/self/mountinfo; probe notify READY=1; sleep 60";
  const { subject, manager, env } = await withManager(t, script, {
    process: { user: { uid: 1000, gid: 1000 } },
    linux: { rootfsPropagation: "shared" },
  });
  await subject.create([], { env });
  t.equal((await subject.start({ env })).code, 0);
  t.match(manager.stdout, "READY=1");
  t.match(subject.stdout, /^777\n\/run\/notify\/notify\.sock\n/);
  const { pid } = await subject.state();
  const mount = mountOn("/run/notify", mounts(pid));
  t.same(mount?.propagation, []);
  for (const option of ["ro", "nosuid", "nodev", "noexec"]) t.ok(mount?.options.includes(option), option);
});

test("an abstract socket of the manager", async (t) => {
  const subject = container(t, says(READY));
  const address = `@${subject.id}`;
  const manager = await listener(t, [probe(), "manager", address]);
  t.equal((await subject.run(["--detach"], { env: { PATH, NOTIFY_SOCKET: address } })).code, 0);
  await manager.says(/READY=1 MAINPID=/);
});

test("a config.json that has NOTIFY_SOCKET itself is left as it is", async (t) => {
  const { subject, env } = await withManager(t, "echo $NOTIFY_SOCKET; ls /run", {
    process: { env: [`PATH=${PATH}`, "NOTIFY_SOCKET=/its/own"] },
  });
  t.equal((await subject.run([], { env })).stdout, "/its/own\n");
});

test("without NOTIFY_SOCKET there is neither variable nor mount", async (t) => {
  const subject = container(t, says("echo $NOTIFY_SOCKET; ls /run"));
  t.equal((await subject.run()).stdout, "\n");
});

test("a container created for a manager can be started without one", async (t) => {
  const { subject, env } = await withManager(t, "exec sleep 60");
  await subject.create([], { env });
  t.equal((await subject.start()).code, 0);
});

test("the manager is gone: an error of start, and the container can be started without it", async (t) => {
  const { subject, manager, env } = await withManager(t, "exec sleep 60");
  await subject.create([], { env });
  manager.signal("SIGKILL");
  await manager.ended();
  const { code, stderr } = await subject.start({ env });
  t.equal(code, 1);
  t.match(stderr, /connect to NOTIFY_SOCKET: .*connection refused/);
  t.equal((await subject.start()).code, 0);
});

test("nothing is left of the socket when the container is deleted", async (t) => {
  const { subject, env } = await withManager(t, READY);
  await subject.create([], { env });
  t.ok(existsSync(join(subject.root, subject.id, "notify")));
  await subject.start({ env });
  t.equal((await subject.delete("--force")).code, 0);
  t.notOk(existsSync(join(subject.root, subject.id)));
});

test("a container that was never started leaves none either", async (t) => {
  const { subject, env } = await withManager(t, READY);
  await subject.create([], { env });
  t.equal((await subject.delete()).code, 0);
  await until("it is gone", () => !existsSync(join(subject.root, subject.id)));
});

test("lines about other processes, and about descriptors, are not passed on", async (t) => {
  const { subject, manager, env } = await withManager(
    t,
    "probe notify 'MAINPID=1\\nFDSTORE=1\\nNOTIFYACCESS=all\\nREADY=1\\nSTATUS=up'; sleep 60",
  );
  await subject.run(["--detach"], { env });
  const { pid } = await subject.state();
  await manager.says(/BARRIER/);
  t.equal(manager.stdout, `READY=1 STATUS=up MAINPID=${pid}\nBARRIER=1\n`);
});
