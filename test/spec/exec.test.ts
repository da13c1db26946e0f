import { test } from "tap";
import type { Process } from "../../lib/config/schema.ts";
import { execProcess, type ProcessFlags } from "../../lib/spec/exec.ts";

const NONE: ProcessFlags = {
  args: [],
  cwd: undefined,
  env: [],
  terminal: false,
  user: undefined,
  additionalGids: [],
  capabilities: [],
  noNewPrivileges: false,
  apparmorProfile: undefined,
  selinuxLabel: undefined,
};

const CONTAINER: Process = {
  terminal: true,
  args: ["init"],
  cwd: "/srv",
  env: ["PATH=/bin", "A=1"],
  user: { uid: 7, gid: 8, additionalGids: [9] },
  capabilities: { bounding: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"] },
  noNewPrivileges: true,
  rlimits: [{ type: "RLIMIT_CORE", soft: 0, hard: 0 }],
};
const FILE: Process = { args: ["from", "file"], cwd: "/", env: ["B=2"], user: { uid: 1, gid: 2 } };

const made = (flags: Partial<ProcessFlags>, file?: Process) => execProcess(CONTAINER, file, { ...NONE, ...flags });

/** Rows of: flags, and what of the process they make. */
const FLAGS: readonly [flags: Partial<ProcessFlags>, process: object][] = [
  [{}, { ...CONTAINER, args: ["sh"], terminal: false }],
  [{ terminal: true }, { terminal: true }],
  [{ cwd: "/x" }, { cwd: "/x" }],
  [{ env: ["A=2", "C=3=4", "D="] }, { env: ["PATH=/bin", "A=2", "C=3=4", "D="] }],
  [{ user: "1000" }, { user: { uid: 1000, gid: 8, additionalGids: [9] } }],
  [{ user: "0:0" }, { user: { uid: 0, gid: 0 } }],
  [{ user: "4294967294:4294967294" }, { user: { uid: 4294967294, gid: 4294967294 } }],
  [{ additionalGids: ["10", "11"] }, { user: { uid: 7, gid: 8, additionalGids: [9, 10, 11] } }],
  [
    { capabilities: ["CAP_SYS_TIME", "net_raw"] },
    {
      capabilities: {
        bounding: ["CAP_KILL", "CAP_SYS_TIME", "CAP_NET_RAW"],
        effective: ["CAP_SYS_TIME", "CAP_NET_RAW"],
        permitted: ["CAP_SYS_TIME", "CAP_NET_RAW"],
        inheritable: ["CAP_KILL"],
        ambient: ["CAP_KILL"],
      },
    },
  ],
  [{ noNewPrivileges: true }, { noNewPrivileges: true }],
  [
    { apparmorProfile: "p", selinuxLabel: "l" },
    { apparmorProfile: "p", selinuxLabel: "l" },
  ],
];

for (const [flags, process] of FLAGS) {
  test(`execProcess() with ${JSON.stringify(flags)}`, async (t) => t.match(made({ args: ["sh"], ...flags }), process));
}

test("a file goes over the container, flags over the file", async (t) => {
  t.match(made({}, FILE), { ...FILE, terminal: false, noNewPrivileges: true, rlimits: CONTAINER.rlimits });
  t.equal(made({}, { ...FILE, noNewPrivileges: false }).noNewPrivileges, false);
  t.equal(made({}, { ...FILE, terminal: true }).terminal, true);
  t.match(made({ args: ["own"], cwd: "/tmp", user: "5" }, FILE), {
    args: ["own"],
    cwd: "/tmp",
    user: { uid: 5, gid: 2 },
  });
  t.same(made({}, FILE).user?.additionalGids, undefined, "groups come with the user");
});

test("a container without a process can have one", async (t) => {
  t.same(execProcess(undefined, undefined, { ...NONE, args: ["sh"] }), { args: ["sh"], cwd: "/", terminal: false });
  t.same(execProcess(undefined, undefined, { ...NONE, args: ["sh"], user: "3" }).user, { uid: 3, gid: 0 });
});

test("what was given is left as it was", async (t) => {
  const before = structuredClone(CONTAINER);
  made({ args: ["sh"], env: ["X=1"], user: "1", additionalGids: ["2"], capabilities: ["kill"], cwd: "/" });
  t.same(CONTAINER, before);
});

/** Rows of: flags that can't be meant, and the words for it. */
const WRONG: readonly [flags: Partial<ProcessFlags>, says: string][] = [
  [{ args: [] }, "process args cannot be empty"],
  [{ cwd: "srv" }, 'cwd must be an absolute path: it is "srv"'],
  [{ cwd: "" }, 'cwd must be an absolute path: it is ""'],
  [{ env: ["A"] }, 'invalid environment variable "A": it takes NAME=VALUE'],
  [{ env: ["=b"] }, 'invalid environment variable "=b": it takes NAME=VALUE'],
  [{ capabilities: ["CAP_FLY"] }, 'unknown capability "CAP_FLY"'],
  [{ additionalGids: ["-1"] }, 'bad additional gid "-1": it takes a number from 0 to 4294967294'],
  ...[
    "root",
    "",
    "-1",
    "+1",
    " 1",
    "1 ",
    "0x1",
    "1e1",
    "1.0",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "１",
  ].map((user): [Partial<ProcessFlags>, string] => [
    { user },
    `bad uid ${JSON.stringify(user)}: it takes a number from 0 to 4294967294`,
  ]),
  [{ user: ":1" }, 'bad uid "": it takes a number from 0 to 4294967294'],
  [{ user: "1:" }, 'bad gid "": it takes a number from 0 to 4294967294'],
  [{ user: "1:staff" }, 'bad gid "staff": it takes a number from 0 to 4294967294'],
  [{ user: "1:2:3" }, 'bad gid "2:3": it takes a number from 0 to 4294967294'],
];

for (const [flags, message] of WRONG) {
  test(`execProcess() refuses ${JSON.stringify(flags)}`, async (t) => {
    t.throws(() => made({ args: ["sh"], ...flags }), { message });
  });
}
