/** events: what a container uses, and when the kernel kills in it for memory. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { background } from "../support/background.ts";
import { MOUNTS } from "../support/bundle.ts";
import { COMMAND } from "../support/command.ts";
import { container } from "../support/container.ts";
import { until } from "../support/host.ts";

interface Event {
  readonly type: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a document of many levels, of which each test looks at some
  readonly data: any;
}

/** The lines that are there as a whole. */
const parse = (text: string): Event[] => (text.match(/.*\n/g) ?? []).map((line) => JSON.parse(line));

const MIB = 1 << 20;

test("events --stats tells once what a container uses", async (t) => {
  const subject = container(t, {
    process: { args: ["sh", "-c", "sleep 61 & exec sleep 60"] },
    linux: { resources: { memory: { limit: 64 * MIB }, pids: { limit: 20 } } },
  });
  await subject.create();
  await subject.start();
  await until("both are there", async () => (await subject.command("ps")).stdout.split("\n").length === 4, 60);
  const { code, stdout, stderr } = await subject.command("events", ["--stats"]);
  t.same([code, stderr], [0, ""]);
  const events = parse(stdout);
  t.equal(events.length, 1);
  const [{ type, id, data } = { type: "", id: "", data: {} }] = events;
  t.equal(type, "stats");
  t.equal(id, subject.id);
  t.same(data.pids, { current: 2, limit: 20 });
  t.equal(data.memory.usage.limit, 64 * MIB);
  t.ok(data.memory.usage.usage > 0);
  t.ok(data.cpu.usage.total > 0);
  t.ok(data.cpuset.cpus.length > 0);
  t.same(Object.keys(data).sort(), [
    "blkio",
    "cpu",
    "cpuset",
    "hugetlb",
    "intel_rdt",
    "memory",
    "network_interfaces",
    "pids",
  ]);
  t.same(
    data.network_interfaces.map(({ Name }: { Name: string }) => Name),
    ["lo"],
  );
});

test("events tells again and again, and ends with the container", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.create();
  await subject.start();
  const watcher = background(t, [...COMMAND, "--root", subject.root, "events", "--interval", "50ms", subject.id]);
  await until("there are three", () => parse(watcher.stdout).length >= 3, 60);
  for (const { type } of parse(watcher.stdout)) t.equal(type, "stats");
  await subject.kill("KILL");
  await until("it ends", () => watcher.code !== undefined, 60);
  t.equal(watcher.code, 0);
});

test("events tells of a kill for memory, and ends when it was the first process", async (t) => {
  const script = "while [ ! -e /mnt/go ]; do usleep 10000; done; exec tail /dev/zero";
  const subject = container(t, (it) => ({
    process: { args: ["sh", "-c", script] },
    mounts: [...MOUNTS, { destination: "/mnt", source: it.folder("shared"), options: ["bind"] }],
    linux: { resources: { memory: { limit: 16 * MIB, swap: 16 * MIB } } },
  }));
  await subject.create();
  await subject.start();
  const watcher = background(t, [...COMMAND, "--root", subject.root, "events", "--interval", "50ms", subject.id]);
  await until("it watches", () => parse(watcher.stdout).length > 0, 60);
  writeFileSync(join(subject.directory, "shared/go"), "");
  await until("it ends", () => watcher.code !== undefined, 60);
  t.equal(watcher.code, 0);
  const told = parse(watcher.stdout).filter(({ type }) => type === "oom");
  t.ok(told.length >= 1);
  t.same(told[0], { type: "oom", id: subject.id });
});

test("events says what it can't do", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  t.equal((await subject.command("events", ["--stats"])).stderr, "container does not exist\n");
  await subject.create();
  t.match((await subject.command("events", ["--interval", "0s"])).stderr, /invalid value "0s" for flag --interval/);
  await subject.kill("KILL");
  await until("it has stopped", async () => (await subject.state()).status === "stopped", 60);
  const { code, stderr } = await subject.command("events");
  t.equal(code, 1);
  t.equal(stderr, `container with id ${subject.id} is not running\n`);
});
