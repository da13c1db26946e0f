import { test } from "tap";
import { deviceChanges, deviceWrites } from "../../lib/cgroup/devices.ts";
import type { DeviceRule } from "../../lib/config/schema.ts";

/** `deny a`, `allow c 1:3 rwm` */
function lines(devices: DeviceRule[]): string[] {
  return deviceWrites(devices).map(({ file, value }) => `${file.replace("devices.", "")} ${value}`);
}

const DENY_ALL: DeviceRule = { allow: false, access: "rwm" };
const ALLOW_ALL: DeviceRule = { allow: true, type: "a", access: "rwm" };

const DEFAULTS = [
  "allow c *:* m",
  "allow b *:* m",
  "allow c 1:3 rwm",
  "allow c 1:5 rwm",
  "allow c 1:7 rwm",
  "allow c 1:8 rwm",
  "allow c 1:9 rwm",
  "allow c 5:0 rwm",
  "allow c 5:2 rwm",
  "allow c 136:* rwm",
  "allow c 10:200 rwm",
];

const disk: DeviceRule = { allow: true, type: "b", major: 8, minor: 0, access: "r" };

const CASES: { name: string; rules: DeviceRule[]; lines: string[] }[] = [
  { name: "all denied: what every container needs is left", rules: [DENY_ALL], lines: ["deny a", ...DEFAULTS] },
  { name: "all allowed", rules: [ALLOW_ALL], lines: ["allow a"] },
  { name: "a rule for all undoes what was before it", rules: [DENY_ALL, disk, ALLOW_ALL], lines: ["allow a"] },
  { name: "a device of the caller's", rules: [DENY_ALL, disk], lines: ["deny a", "allow b 8:0 r", ...DEFAULTS] },
  {
    name: "several accesses to one device, in any order of letters",
    rules: [DENY_ALL, disk, { ...disk, access: "mw" }],
    lines: ["deny a", "allow b 8:0 rwm", ...DEFAULTS],
  },
  {
    name: "-1 is every number, as is none",
    rules: [
      DENY_ALL,
      { allow: true, type: "b", major: 8, minor: -1, access: "rwm" },
      { allow: true, type: "c", access: "r" },
    ],
    lines: ["deny a", "allow b 8:* rwm", "allow c *:* rm", ...DEFAULTS.slice(1)],
  },
  {
    name: "a denial takes back what was allowed before it",
    rules: [DENY_ALL, { ...disk, access: "rw" }, { ...disk, allow: false, access: "w" }],
    lines: ["deny a", "allow b 8:0 r", ...DEFAULTS],
  },
  {
    name: "a wide denial takes back all that is in it",
    rules: [DENY_ALL, disk, { ...disk, minor: 1 }, { ...disk, allow: false, minor: -1 }],
    lines: ["deny a", ...DEFAULTS],
  },
  {
    name: "a denial of what was not allowed is none",
    rules: [DENY_ALL, { allow: false, type: "c", major: 10, minor: 229, access: "rwm" }],
    lines: ["deny a", ...DEFAULTS],
  },
  {
    name: "some devices denied, all others allowed",
    rules: [ALLOW_ALL, { ...disk, allow: false, access: "rw" }, disk],
    lines: ["allow a", "deny b 8:0 w"],
  },
  {
    name: "type a is both types where it is not all devices",
    rules: [DENY_ALL, { allow: true, type: "a", major: 8, minor: 0, access: "rwm" }, { allow: true, access: "r" }],
    lines: ["deny a", "allow b 8:0 rwm", "allow c 8:0 rwm", "allow b *:* rm", "allow c *:* rm", ...DEFAULTS.slice(2)],
  },
  {
    name: "a list that does not begin with all begins from nothing",
    rules: [disk],
    lines: ["deny a", "allow b 8:0 r", ...DEFAULTS],
  },
];

for (const { name, rules, lines: expected } of CASES) {
  test(`deviceWrites(): ${name}`, async (t) => {
    t.strictSame(lines(rules), expected);
  });
}

test("deviceWrites() refuses an exception from an exception, which v1 would not do", async (t) => {
  const all = { allow: true, type: "b", major: 8, minor: -1, access: "rw" } as const;
  t.throws(() => lines([DENY_ALL, all, { ...disk, allow: false, access: "w" }]), {
    message: "linux.resources.devices/2: cgroup v1 cannot make b 8:0 w an exception from b 8:* rw before it",
  });
  t.throws(() => lines([ALLOW_ALL, { ...all, allow: false }, disk]), { message: /devices\/2/ });
  t.strictSame(
    lines([DENY_ALL, all, { ...disk, allow: false, access: "m" }]).at(1),
    "allow b 8:* rw",
    "of another access",
  );
});

test("deviceWrites() refuses a rule without access", async (t) => {
  for (const rule of [{ allow: true }, { allow: true, access: "" }, { allow: true, access: "x" }]) {
    t.throws(() => lines([DENY_ALL, rule]), {
      message: /^linux\.resources\.devices\/1: access must be some of r, w and m: it is /,
    });
  }
});

test("deviceChanges() writes what is new and takes back what is not, and never denies everything", async (t) => {
  const changes = (list: string, ...rules: DeviceRule[]) =>
    deviceChanges(list, [DENY_ALL, ...rules]).map(({ file, value }) => `${file.replace("devices.", "")} ${value}`);
  const list = `${DEFAULTS.map((line) => line.replace("allow ", "")).join("\n")}\n`;
  t.strictSame(changes(list), []);
  t.strictSame(changes(list, disk), ["allow b 8:0 r"]);
  t.strictSame(changes(`${list}b 8:0 rw\n`, disk), ["deny b 8:0 w"]);
  t.strictSame(changes(`${list}b 8:0 rm\nc 9:* rwm\n`), ["deny b 8:0 rm", "deny c 9:* rwm"]);
  t.strictSame(changes(`${list}b 8:0 w\n`, disk), ["allow b 8:0 r", "deny b 8:0 w"]);
  t.strictSame(changes(""), DEFAULTS, "a cgroup that nothing is allowed to");
});

test("deviceChanges() from or to everything is written from the start", async (t) => {
  t.strictSame(deviceChanges("a *:* rwm\n", [DENY_ALL, disk]), deviceWrites([DENY_ALL, disk]));
  t.strictSame(deviceChanges("c 1:3 rwm\n", [ALLOW_ALL]), deviceWrites([ALLOW_ALL]));
});
