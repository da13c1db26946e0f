/**
 * What the runtime itself reads of an image is read only where it is a file: to open a device is to have its driver do something, with
 * the rights of the host and outside of what the container's cgroup allows. A FIFO stands for it: whoever waits for a reader knows.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { type Background, background } from "../support/background.ts";
import { run } from "../support/command.ts";
import { container, running } from "../support/container.ts";

/** Makes a FIFO of a path, and waits for somebody to read it. */
async function trap(t: Parameters<typeof background>[0], path: string): Promise<Background> {
  rmSync(path, { force: true });
  await run(["mkfifo", "-m", "755", path]);
  return background(t, ["sh", "-c", `exec 3> ${path}; echo opened`]);
}

/** Nobody has opened it so far; who does is noticed. */
async function untouched(t: Parameters<typeof background>[0], waiting: Background, path: string): Promise<void> {
  if (!t.equal(waiting.stdout, "", "it was not opened")) return;
  await run(["sh", "-c", `exec 3< ${path}`]);
  await waiting.says(/opened/);
}

test("the image's passwd, when a container is made", async (t) => {
  const subject = container(t, (it) => ({ root: it.ownRootfs() }));
  const passwd = join(subject.rootfs, "etc/passwd");
  const waiting = await trap(t, passwd);
  t.equal((await subject.run()).code, 0);
  await untouched(t, waiting, passwd);
});

test("the container's passwd, when a program is brought in", async (t) => {
  const subject = await running(t, (it) => ({ root: it.ownRootfs() }));
  const passwd = join(subject.rootfs, "etc/passwd");
  const waiting = await trap(t, passwd);
  t.equal((await subject.exec(["true"])).code, 0);
  await untouched(t, waiting, passwd);
});

test("a program that can't be executed", async (t) => {
  const subject = container(t, (it) => ({ root: it.ownRootfs(), process: { args: ["/srv/program"] } }));
  const program = join(subject.rootfs, "srv/program");
  const waiting = await trap(t, program);
  const { code, stderr } = await subject.run();
  t.equal(code, 1);
  t.match(stderr, /exec: "\/srv\/program": .*permission denied/);
  await untouched(t, waiting, program);
});
