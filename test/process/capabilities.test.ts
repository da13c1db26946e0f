/** config.md § Linux Process, capabilities: the five sets after execve(2), capabilities(7). */
import { test } from "tap";
import { type Config, capable } from "../support/bundle.ts";
import { container, inside } from "../support/container.ts";
import { status } from "../support/host.ts";

const BIT = { CHOWN: 0, KILL: 5, NET_BIND_SERVICE: 10, SYS_ADMIN: 21, WAKE_ALARM: 35, BPF: 39, CHECKPOINT_RESTORE: 40 };
type Name = keyof typeof BIT;

const names = (set: readonly Name[]) => set.map((name) => `CAP_${name}`);
const hex = (set: readonly Name[]) =>
  set
    .reduce((bits, name) => bits | (1n << BigInt(BIT[name])), 0n)
    .toString(16)
    .padStart(16, "0");

interface Sets {
  readonly bounding?: readonly Name[];
  readonly permitted?: readonly Name[];
  readonly effective?: readonly Name[];
  readonly inheritable?: readonly Name[];
  readonly ambient?: readonly Name[];
}

const SOME: readonly Name[] = ["CHOWN", "KILL", "SYS_ADMIN", "CHECKPOINT_RESTORE"];

/** `set` is what config.json says; `is` what the program has. no_new_privs keeps execve from giving root more. */
const CASES: readonly { name: string; uid?: number; noNewPrivileges?: boolean; set: Sets; is: Sets }[] = [
  { name: "none", set: {}, is: {} },
  {
    name: "all three usual sets",
    set: { bounding: SOME, permitted: SOME, effective: SOME },
    is: { bounding: SOME, permitted: SOME, effective: SOME },
  },
  { name: "bounding only", set: { bounding: SOME }, is: { bounding: SOME } },
  {
    name: "permitted less than bounding",
    set: { bounding: SOME, permitted: ["KILL"], effective: ["KILL"] },
    is: { bounding: SOME, permitted: ["KILL"], effective: ["KILL"] },
  },
  {
    name: "root gains what is in bounding when it may",
    noNewPrivileges: false,
    set: { bounding: SOME, permitted: ["KILL"], effective: ["KILL"] },
    is: { bounding: SOME, permitted: SOME, effective: SOME },
  },
  {
    name: "another user keeps none",
    uid: 1000,
    set: { bounding: SOME, permitted: SOME, effective: SOME },
    is: { bounding: SOME },
  },
  {
    name: "another user keeps the ambient",
    uid: 1000,
    set: {
      bounding: [...SOME, "BPF"],
      permitted: ["KILL", "BPF"],
      effective: ["KILL"],
      inheritable: ["KILL", "BPF"],
      ambient: ["KILL", "BPF"],
    },
    is: {
      bounding: [...SOME, "BPF"],
      permitted: ["KILL", "BPF"],
      effective: ["KILL", "BPF"],
      inheritable: ["KILL", "BPF"],
      ambient: ["KILL", "BPF"],
    },
  },
  {
    name: "inheritable",
    set: { bounding: SOME, permitted: SOME, effective: SOME, inheritable: ["CHOWN"] },
    is: { bounding: SOME, permitted: SOME, effective: SOME, inheritable: ["CHOWN"] },
  },
];

const SETS = [
  ["CapBnd", "bounding"],
  ["CapPrm", "permitted"],
  ["CapEff", "effective"],
  ["CapInh", "inheritable"],
  ["CapAmb", "ambient"],
] as const;

for (const { name, uid = 0, noNewPrivileges = true, set, is } of CASES) {
  test(`capabilities: ${name}`, async (t) => {
    const capabilities = Object.fromEntries(SETS.map(([, key]) => [key, set[key] && names(set[key])]));
    const process: Config = { user: { uid, gid: uid }, noNewPrivileges, capabilities };
    const facts = await inside(t, "cat /proc/self/status", { process });
    for (const [field, key] of SETS) t.equal(status(facts, field), hex(is[key] ?? []), key);
  });
}

test("without capabilities in config.json the program has none", async (t) => {
  const facts = await inside(t, "cat /proc/self/status", { process: { capabilities: undefined } });
  for (const [field, key] of SETS) t.equal(status(facts, field), hex([]), key);
});

test("an unknown capability is a warning", async (t) => {
  const bounding = ["CAP_KILL", "CAP_NO_SUCH"];
  const subject = container(t, {
    process: { args: ["grep", "CapBnd", "/proc/self/status"], capabilities: { bounding } },
  });
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0);
  t.match(stdout, hex(["KILL"]), "the others are set");
  t.match(stderr, /CAP_NO_SUCH/);
});

test("a capability that can't be given is a warning, once, and the container runs without it", async (t) => {
  const names = ["CAP_KILL", "CAP_SYS_PTRACE", "CAP_WIZARDRY"];
  const subject = container(t, {
    process: { args: ["grep", "CapPrm", "/proc/self/status"], capabilities: capable(...names) },
  });
  const launcher = ["setpriv", "--bounding-set", "-sys_ptrace"];
  const { code, stdout, stderr } = await subject.run([], { launcher });
  t.equal(code, 0, stderr);
  t.match(stdout, /CapPrm:\s*0000000000000020\n/);
  t.same(stderr.trim().split("\n"), [
    'warning: capability "CAP_WIZARDRY" is not known and is ignored',
    "warning: capability CAP_SYS_PTRACE can't be given, since runt does not have it, and is ignored",
  ]);
});
