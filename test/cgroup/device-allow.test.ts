import { test } from "tap";
import { allowedDevices } from "../../lib/cgroup/device-allow.ts";
import type { DeviceRule } from "../../lib/config/schema.ts";

const DENY_ALL: DeviceRule = { allow: false, access: "rwm" };
const ALLOW_ALL: DeviceRule = { allow: true, access: "rwm" };
const disk: DeviceRule = { allow: true, type: "b", major: 8, minor: 16, access: "r" };

const DEFAULTS: [string, string][] = [
  ["char-*", "m"],
  ["block-*", "m"],
  ["/dev/char/1:3", "rwm"],
  ["/dev/char/1:5", "rwm"],
  ["/dev/char/1:7", "rwm"],
  ["/dev/char/1:8", "rwm"],
  ["/dev/char/1:9", "rwm"],
  ["/dev/char/5:0", "rwm"],
  ["/dev/char/5:2", "rwm"],
  ["char-136", "rwm"],
  ["/dev/char/10:200", "rwm"],
];

interface Case {
  readonly name: string;
  readonly rules: DeviceRule[];
  /** What is allowed besides the default devices, or instead of one; undefined: everything. */
  readonly v1: [string, string][] | undefined;
  readonly v2: [string, string][] | undefined;
}

const CASES: readonly Case[] = [
  { name: "everything", rules: [DENY_ALL, ALLOW_ALL], v1: undefined, v2: undefined },
  { name: "all but some", rules: [ALLOW_ALL, { ...disk, allow: false }], v1: undefined, v2: undefined },
  { name: "nothing", rules: [DENY_ALL], v1: [], v2: [] },
  { name: "one device", rules: [DENY_ALL, disk], v1: [["/dev/block/8:16", "r"]], v2: [["/dev/block/8:16", "r"]] },
  { name: "what comes before all is denied is of no account", rules: [disk, DENY_ALL], v1: [], v2: [] },
  {
    name: "all minor numbers, of both types",
    rules: [DENY_ALL, { allow: true, major: 9, access: "rw" }],
    v1: [
      ["block-9", "rw"],
      ["char-9", "rw"],
    ],
    v2: [
      ["block-9", "rw"],
      ["char-9", "rw"],
    ],
  },
  {
    name: "all devices of a type",
    rules: [DENY_ALL, { allow: true, type: "b", major: -1, minor: -1, access: "r" }],
    v1: [["block-*", "rm"]],
    v2: [["block-*", "rm"]],
  },
  {
    name: "a minor number of every major one: none on v1, too many on v2",
    rules: [DENY_ALL, { allow: true, type: "b", minor: 3, access: "r" }],
    v1: [],
    v2: [["block-*", "rm"]],
  },
  {
    name: "allowed, then denied: v2's own program sees to it",
    rules: [DENY_ALL, disk, { ...disk, allow: false }],
    v1: [],
    v2: [["/dev/block/8:16", "r"]],
  },
];

const sorted = (list: readonly (readonly [string, string])[] | undefined) =>
  list && Object.fromEntries([...list].sort());

for (const { name, rules, v1, v2 } of CASES) {
  test(name, (t) => {
    for (const [version, expected] of [
      [1, v1],
      [2, v2],
    ] as const) {
      const all = expected && [
        ...DEFAULTS.filter(([node]) => !expected.some(([other]) => other === node)),
        ...expected,
      ];
      t.strictSame(sorted(allowedDevices(rules, version)), sorted(all), `v${version}`);
    }
    t.end();
  });
}
