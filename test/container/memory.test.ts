/** What the container's memory cgroup counts, on v1: what the user's program takes, and what hooks do. */
import { join } from "node:path";
import { test } from "tap";
import { namespacesBut } from "../support/bundle.ts";
import { cgroupValue, VERSION, withoutController } from "../support/cgroup.ts";
import { container, inside } from "../support/container.ts";
import { hook, withHooks } from "../support/hooks.ts";
import { read } from "../support/host.ts";

const USAGE = { v1: "memory/memory.usage_in_bytes", v2: "memory.current" };

const linux = { namespaces: namespacesBut("cgroup") };

/** On v2 a process is cloned into its cgroup, and can't be moved later without a wait. */
const skip = withoutController("memory", "memory") || (VERSION === 2 && "of v1");

test("nothing is charged to a container that is created, and everything once it is started", { skip }, async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] }, linux });
  t.equal((await subject.create()).code, 0);
  const { pid } = await subject.state();
  t.match(read(`/proc/${pid}/cgroup`), `:memory:/${subject.id}\n`);
  t.equal(cgroupValue(subject.id, USAGE), "0");
  await subject.start();
  t.not(cgroupValue(subject.id, USAGE), "0");
});

test("a limit that the program has use for is all its own", { skip }, async (t) => {
  const limited = { ...linux, resources: { memory: { limit: 512 << 10 } } };
  const { code, stderr } = await container(t, { process: { args: ["true"] }, linux: limited }).run();
  t.equal(code, 0, stderr);
});

test("a limit is too low for any program: start fails, and nothing is left", { skip }, async (t) => {
  const subject = container(t, { linux: { ...linux, resources: { memory: { limit: 4096 } } } });
  t.equal((await subject.create()).code, 0);
  const { code, stderr } = await subject.start();
  t.not(code, 0);
  t.match(stderr, /killed before it had executed the program/);
  t.equal((await subject.delete("--force")).code, 0);
});

for (const kind of ["prestart", "createRuntime", "createContainer"] as const) {
  test(`a ${kind} hook finds the container in its memory cgroup`, { skip }, async (t) => {
    const script = kind === "createContainer" ? "cat /proc/self/cgroup" : "cat /proc/$(pid)/cgroup";
    const pid = `pid() { sed 's/.*"pid": *\\([0-9]*\\).*/\\1/'; }`;
    const subject = container(t, (it) =>
      withHooks(it, (each) => (each === kind ? [hook(it, each, `${pid}; ${script} > $LOG/cgroup`)] : []), { linux }),
    );
    const { code, stderr } = await subject.create();
    t.equal(code, 0, stderr);
    t.match(read(join(subject.folder("log"), "cgroup")), `:memory:/${subject.id}\n`);
  });
}

test("a cgroup namespace begins at the container's memory cgroup", { skip }, async (t) => {
  t.match(await inside(t, "cat /proc/self/cgroup"), /:memory:\/\n/);
});
