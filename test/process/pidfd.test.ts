/** `--pidfd-socket` and run.oci.pidfd_receiver: a pidfd of the container's first process goes to whoever listens. */
import { join } from "node:path";
import { type Test, test } from "tap";
import { listener } from "../support/background.ts";
import { runt } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { until } from "../support/host.ts";
import { probe } from "../support/scratch.ts";

const SLEEP = { process: { args: ["sleep", "60"] } };
const socketOf = (it: Container) => join(it.directory, "pidfd.sock");
const receiver = (t: Test, it: Container, signal: number) =>
  listener(t, [probe(), "recvpidfd", socketOf(it), String(signal)]);
const ended = (it: Container) => until("it has ended", async () => (await it.state()).status === "stopped");

for (const name of ["create", "run"]) {
  test(`${name} --pidfd-socket`, async (t) => {
    const subject = container(t, SLEEP);
    const taker = await receiver(t, subject, 0);
    const args = ["--pidfd-socket", socketOf(subject)];
    t.equal((await (name === "create" ? subject.create(args) : subject.run(["--detach", ...args]))).code, 0);
    const { pid } = await subject.state();
    t.equal(await taker.ended(), 0);
    t.equal(taker.stdout, `Pid:\t${pid}\n`);
  });
}

test("exec --pidfd-socket sends that of the program", async (t) => {
  const subject = container(t, SLEEP);
  await subject.create();
  await subject.start();
  const taker = await receiver(t, subject, 0);
  const args = [
    "exec",
    "--pidfd-socket",
    socketOf(subject),
    subject.id,
    // It is still there when its pidfd is asked.
    "sleep",
    "1",
  ];
  const { code, stderr } = await runt(["--root", subject.root, ...args]);
  t.equal(code, 0, stderr);
  t.equal(await taker.ended(), 0);
  const { pid } = await subject.state();
  t.match(taker.stdout, /^Pid:\t\d+\n$/);
  t.not(taker.stdout, `Pid:\t${pid}\n`);
});

test("a relative path is the caller's, not the bundle's", async (t) => {
  const subject = container(t, SLEEP);
  const taker = await receiver(t, subject, 9);
  await subject.create(["--pidfd-socket", "pidfd.sock"], { cwd: subject.directory });
  await taker.ended();
  await ended(subject);
  t.pass("the signal has come");
});

test("run.oci.pidfd_receiver", async (t) => {
  const subject = container(t, (it) => ({ ...SLEEP, annotations: { "run.oci.pidfd_receiver": socketOf(it) } }));
  const taker = await receiver(t, subject, 9);
  t.equal((await subject.create()).code, 0);
  t.equal(await taker.ended(), 0);
  await ended(subject);
});

for (const place of ["option", "annotation"]) {
  test(`nobody listens at the ${place}'s socket: create fails and leaves nothing`, async (t) => {
    const subject = container(t, (it) => ({
      ...SLEEP,
      annotations: place === "annotation" ? { "run.oci.pidfd_receiver": socketOf(it) } : {},
    }));
    const { code, stderr } = await subject.create(place === "option" ? ["--pidfd-socket", socketOf(subject)] : []);
    t.equal(code, 1);
    t.match(stderr, /send the pidfd to ".*pidfd\.sock": .*no such file or directory/);
    t.same(await subject.remains(), []);
  });
}
