/** newuidmap and newgidmap that hang, fail, or see others die: an error is told, and nothing stays but what delete --force removes. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, merge, NAMESPACES } from "../support/bundle.ts";
import { container } from "../support/container.ts";
import { alive, processesNamed, read, until } from "../support/host.ts";
import { scratch, uniqueName } from "../support/scratch.ts";
import { GRANTED, USER, unprivileged } from "../support/unprivileged.ts";

const RANGES = [
  { containerID: 0, hostID: USER, size: 1 },
  { containerID: 1, hostID: GRANTED, size: 100 },
];

type Tool = "newuidmap" | "newgidmap";

/** A container of the user's, made with `script` in the place of a tool, which is at $REAL then; what it appends to $LOG can be read. */
async function withTool(t: Test, tool: Tool, script: string, mode = 0o755) {
  const [place, real, log] = ["tool", "real", "log"].map((what) => join(scratch, `${uniqueName()}-${what}`)) as [
    string,
    string,
    string,
  ];
  writeFileSync(place, `#!/bin/sh\nREAL=${real}\nLOG=${log}\n${script}\n`, { mode });
  writeFileSync(real, "");
  writeFileSync(log, "");
  const setUp = `chmod 666 ${log}; mount --bind /usr/bin/${tool} ${real}; mount --bind ${place} /usr/bin/${tool}`;
  const made = await unprivileged(t, setUp);
  made.configure((config) =>
    merge(config, {
      process: { terminal: false, args: ["sleep", "60"] },
      linux: { uidMappings: RANGES, gidMappings: RANGES },
    }),
  );
  const { id } = made.subject;
  return {
    ...made,
    id,
    log: () => read(log),
    state: () => readdirSync(join(made.home, "run/runt")).filter((name) => name === id),
  };
}

const FAILING: readonly { what: string; tool: Tool; script: string; mode?: number; says: RegExp }[] = [
  {
    what: "says why",
    tool: "newuidmap",
    script: 'echo "newuidmap: no luck" >&2; exit 1',
    says: /write the uid_map .*54321 \(1\).*: newuidmap: no luck \(\/etc\/subuid must grant the user these ids\)/,
  },
  {
    what: "says nothing",
    tool: "newuidmap",
    script: "exit 3",
    says: /uid_map.*\/usr\/bin\/newuidmap ended with code 3/,
  },
  {
    what: "is killed",
    tool: "newuidmap",
    script: "kill -9 $$",
    says: /uid_map.*\/usr\/bin\/newuidmap ended with code 137/,
  },
  { what: "fails for groups alone", tool: "newgidmap", script: "exit 1", says: /gid_map.*newgidmap.*\/etc\/subgid/ },
  {
    what: "says that all is well, and does nothing",
    tool: "newuidmap",
    script: "exit 0",
    says: /become the container's (root|user|group)|setres[ug]id.*no mapping/,
  },
  {
    what: "finds no process any more",
    tool: "newuidmap",
    script: 'kill -9 $1; sleep 0.1; exec $REAL "$@"',
    says: /uid_map.*(newuidmap|No such|not permitted)|first process was killed/i,
  },
  {
    what: "can't be executed",
    tool: "newuidmap",
    script: "",
    mode: 0o644,
    says: /this takes \/usr\/bin\/newuidmap, of the package uidmap/,
  },
];

for (const { what, tool, script, mode, says } of FAILING) {
  test(`a tool that ${what}: the error is told, and nothing is left`, async (t) => {
    const { id, runt, state, subject } = await withTool(t, tool, script, mode);
    const { code, stderr } = await runt("create", id);
    t.equal(code, 1);
    t.match(stderr, says);
    t.same(state(), []);
    t.same(await subject.remains(), []);
  });
}

/** Kills the runtime, which is the tool's parent. */
const KILL = "kill -9 $PPID";
const HANG = "exec sleep 3";

const KILLED: readonly { what: string; tool: Tool; script: string }[] = [
  { what: "before a map is written", tool: "newuidmap", script: KILL },
  { what: "while its tool hangs", tool: "newuidmap", script: `${KILL}; ${HANG}` },
  { what: "between the two maps", tool: "newuidmap", script: `$REAL "$@"; ${KILL}` },
  { what: "when both are written", tool: "newgidmap", script: `$REAL "$@"; ${KILL}` },
];

for (const { what, tool, script } of KILLED) {
  test(`a runtime that is killed ${what}: delete --force removes all`, async (t) => {
    const { id, runt, state, subject, log } = await withTool(t, tool, `echo $1 >> $LOG\n${script}`);
    t.equal((await runt("create", id)).code, 137);
    const init = Number(log());
    t.ok(init > 0, "the tool was told a process");
    await until("init has seen that", () => !alive(init));
    t.match((await runt("state", id)).stdout, /"status": "(creating|stopped)"/);
    const { code, stderr } = await runt("delete", "--force", id);
    t.equal(code, 0, stderr);
    t.same(state(), []);
    await until("the tool has ended", () => processesNamed(id).length === 0);
    t.same(await subject.remains(), []);
  });
}

test("twenty at once, each with ids that are granted", async (t) => {
  const { subject, home, runt, configure } = await unprivileged(t);
  configure((config) =>
    merge(config, {
      process: { terminal: false, args: ["sh", "-c", "wc -l < /proc/self/uid_map; id -u"], user: { uid: 7, gid: 8 } },
      linux: { uidMappings: RANGES, gidMappings: RANGES },
    }),
  );
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => runt("run", `${subject.id}-${n}`)));
  for (const { code, stdout, stderr } of results) t.same([code, stdout, stderr], [0, "2\n7\n", ""]);
  t.same(
    readdirSync(join(home, "run/runt")).filter((name) => !name.startsWith(".")),
    [],
  );
});

test("twenty at once of root's, each with ids of its own", async (t) => {
  const run = async (n: number) => {
    const ids = [{ containerID: 0, hostID: 200_000 + 1000 * n, size: 1000 }];
    const linux: Config = { namespaces: [...NAMESPACES, { type: "user" }], uidMappings: ids, gidMappings: ids };
    return container(t, { linux, process: { args: ["cat", "/proc/self/uid_map"] } }).run();
  };
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => run(n)));
  t.same(
    results.map(({ code, stdout, stderr }) => [code, stdout.trim().replace(/ +/g, " "), stderr]),
    Array.from({ length: 20 }, (_, n) => [0, `0 ${200_000 + 1000 * n} 1000`, ""]),
  );
});
