/** config-linux.md § Namespaces: made, inherited or joined, as the links in /proc/PID/ns tell. */
import { join } from "node:path";
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { mountsBut, NAMESPACES, namespacesBut } from "../support/bundle.ts";
import { cgroupDirectory } from "../support/cgroup.ts";
import { run } from "../support/command.ts";
import { container, refused } from "../support/container.ts";
import { alive, processesIn, read, readLink, until } from "../support/host.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

/** The type in config.json, its file in /proc/PID/ns, and unshare(1)'s option. */
const TYPES = [
  { type: "pid", file: "pid", option: "--pid" },
  { type: "network", file: "net", option: "--net" },
  { type: "ipc", file: "ipc", option: "--ipc" },
  { type: "uts", file: "uts", option: "--uts" },
  { type: "cgroup", file: "cgroup", option: "--cgroup" },
  { type: "mount", file: "mnt", option: "--mount" },
  { type: "time", file: "time", option: "--time" },
] as const;

/** A container without what needs one namespace or another. */
const plain = { hostname: undefined, mounts: mountsBut("/sys", "/dev/mqueue"), process: { args: ["sleep", "60"] } };

/** A process on the host in new namespaces of these types. @returns its pid */
async function holder(t: Test, ...options: string[]): Promise<number> {
  // A pid namespace is its child's: so unshare forks, and the child is the one to hold it.
  const program = background(t, [
    "unshare",
    "--fork",
    "--kill-child",
    ...options,
    "sh",
    "-c",
    "echo held; exec sleep 60",
  ]);
  await program.says(/held/);
  return Number(read(`/proc/${program.pid}/task/${program.pid}/children`).trim());
}

for (const { type, file, option } of TYPES) {
  test(`a new ${type} namespace is no other's`, async (t) => {
    const subject = container(t, { ...plain, linux: { namespaces: [...namespacesBut(type), { type }] } });
    await subject.create();
    const { pid } = await subject.state();
    t.match(readLink(`/proc/${pid}/ns/${file}`), new RegExp(`^${file}:`));
    t.not(readLink(`/proc/${pid}/ns/${file}`), readLink(`/proc/self/ns/${file}`));
  });

  if (type !== "mount") {
    test(`without a ${type} namespace the container is in the runtime's`, async (t) => {
      const subject = container(t, { ...plain, linux: { namespaces: namespacesBut(type) } });
      t.equal((await subject.create()).code, 0);
      const { pid } = await subject.state();
      t.equal(readLink(`/proc/${pid}/ns/${file}`), readLink(`/proc/self/ns/${file}`));
      t.equal((await subject.start()).code, 0);
    });
  }

  test(`a ${type} namespace is joined by its path`, async (t) => {
    const path = `/proc/${await holder(t, option)}/ns/${file}`;
    const subject = container(t, { ...plain, linux: { namespaces: [...namespacesBut(type), { type, path }] } });
    const { code, stderr } = await subject.create();
    t.equal(code, 0, stderr);
    const { pid } = await subject.state();
    t.equal(readLink(`/proc/${pid}/ns/${file}`), readLink(path));
    t.equal((await subject.start()).code, 0);
    t.ok(alive(pid));
  });
}

test("in a new pid namespace the program is process 1", async (t) => {
  const subject = container(t, { process: { args: ["sh", "-c", "echo $$"] } });
  t.equal((await subject.run()).stdout, "1\n");
});

test("without a pid namespace kill and delete --force end every process of the container", async (t) => {
  const script = "sleep 61 & sleep 62 & wait";
  const subject = container(t, {
    ...plain,
    process: { args: ["sh", "-c", script] },
    linux: { namespaces: namespacesBut("pid") },
  });
  await subject.create();
  await subject.start();
  const { pid } = await subject.state();
  const cgroup = cgroupDirectory(subject.id, "pids");
  await until("its children run", () => processesIn(cgroup).length >= 3);
  const all = processesIn(cgroup);
  t.equal((await subject.delete("--force")).code, 0);
  await until("they have ended", () => ![pid, ...all].some(alive));
  t.same(await subject.remains(), []);
});

test("a container joins another's namespaces, as in a pod", async (t) => {
  const first = container(t, { process: { args: ["sleep", "60"] } });
  await first.create();
  await first.start();
  const { pid } = await first.state();
  const paths = TYPES.filter(({ type }) => ["pid", "network", "ipc", "uts"].includes(type)).map(({ type, file }) => ({
    type,
    path: `/proc/${pid}/ns/${file}`,
  }));
  const namespaces = [{ type: "mount" }, { type: "cgroup" }, ...paths];
  const second = container(t, {
    hostname: undefined,
    process: { args: ["sh", "-c", "hostname; cat /proc/1/comm; echo $$"] },
    linux: { namespaces },
  });
  const { code, stdout, stderr } = await second.run();
  t.equal(code, 0, stderr);
  const [hostname, comm, own] = stdout.split("\n");
  t.equal(hostname, "runt");
  t.equal(comm, "sleep");
  t.not(own, "1");
  t.equal((await first.state()).status, "running", "the first one does not notice");
});

test("the order in which namespaces are listed does not matter", async (t) => {
  for (const namespaces of [[...NAMESPACES].reverse(), [...NAMESPACES.slice(3), ...NAMESPACES.slice(0, 3)]]) {
    const subject = container(t, { process: { args: ["sh", "-c", "echo $$; hostname"] }, linux: { namespaces } });
    t.equal((await subject.run()).stdout, "1\nrunt\n");
  }
});

test("namespaces are refused", async (t) => {
  const wrong = (type: unknown, path?: unknown) => ({
    ...plain,
    linux: { namespaces: [...namespacesBut(String(type)), { type, path }] },
  });
  const own = (file: string) => `/proc/${process.pid}/ns/${file}`;
  t.match(await refused(t, wrong("network", own("uts"))), /network|net/i, "by the path of another type");
  t.match(await refused(t, wrong("pid", own("mnt"))), /pid/i, "by the path of another type");
  t.match(await refused(t, wrong("ipc", "/etc/passwd")), /ipc|\/etc\/passwd/, "by the path of no namespace");
  t.match(
    await refused(t, wrong("uts", "/no/such/ns")),
    /no\/such\/ns.*no such file/i,
    "by a path that does not exist",
  );
  const fifo = join(scratch, uniqueName());
  await run(["mkfifo", fifo]);
  t.match(await refused(t, wrong("network", fifo)), /join the namespace .*EINVAL/, "by the path of a FIFO");
  t.match(await refused(t, wrong("uts", "proc/self/ns/uts")), /path|absolute|proc\/self/, "by a relative path");
  t.match(await refused(t, wrong("vacuum")), /vacuum|type/, "of an unknown type");
  t.match(await refused(t, wrong(undefined)), /type/, "without type");
  for (const { type } of TYPES) {
    t.match(
      await refused(t, { ...plain, linux: { namespaces: [...NAMESPACES, { type }, { type }] } }),
      new RegExp(`${type}|duplicate`, "i"),
      `${type} twice`,
    );
  }
});

test("a namespace file on the host is joined, as engines bind them", async (t) => {
  const pid = await holder(t, "--net");
  const subject = container(t);
  const file = join(subject.directory, "netns");
  await run(["sh", "-c", `touch ${file}; mount --bind /proc/${pid}/ns/net ${file}`]);
  t.teardown(() => run(["umount", "--lazy", file]));
  const joined = container(t, {
    ...plain,
    linux: { namespaces: [...namespacesBut("network"), { type: "network", path: file }] },
  });
  t.equal((await joined.create()).code, 0);
  t.equal(readLink(`/proc/${(await joined.state()).pid}/ns/net`), readLink(`/proc/${pid}/ns/net`));
});

/** Which of the types are joined, a bit each. */
const COMBINATIONS = [0b1111111, 0b1010101, 0b0101010, 0b0011100, 0b1000001, 0b0100010, 0b1111000, 0b0000111];

test("namespaces are joined and made in any combination", async (t) => {
  for (const combination of COMBINATIONS) {
    // One for each: a container that joins a mount namespace changes its root for all who are in it.
    const pid = await holder(t, ...TYPES.map(({ option }) => option));
    const joined = TYPES.filter((_, index) => (combination >> index) & 1);
    const namespaces = TYPES.map(({ type, file }) => {
      return joined.some((each) => each.type === type) ? { type, path: `/proc/${pid}/ns/${file}` } : { type };
    });
    const subject = container(t, { ...plain, linux: { namespaces } });
    const { code, stderr } = await subject.create();
    const name = joined.map(({ type }) => type).join(", ");
    t.equal(code, 0, `${name} joined: ${stderr}`);
    const own = (await subject.state()).pid;
    for (const { type, file } of TYPES) {
      const same = readLink(`/proc/${own}/ns/${file}`) === readLink(`/proc/${pid}/ns/${file}`);
      t.equal(
        same,
        joined.some((each) => each.type === type),
        `${type} when ${name} are joined`,
      );
    }
    t.equal((await subject.start()).code, 0);
    t.ok(alive(own), `it runs when ${name} are joined`);
    await subject.discard();
  }
});
