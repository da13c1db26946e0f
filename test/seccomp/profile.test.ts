import { test } from "tap";
import type { Seccomp } from "../../lib/config/schema.ts";
import { defaultActionOf, filterFlags, hidesNewCalls, rulesOf, usesNotify } from "../../lib/seccomp/profile.ts";

const DENY: Seccomp = { defaultAction: "SCMP_ACT_ERRNO" };

test("defaultActionOf() has libseccomp's number of each action", async (t) => {
  const cases: [Seccomp, number][] = [
    [{ defaultAction: "SCMP_ACT_KILL" }, 0],
    [{ defaultAction: "SCMP_ACT_KILL_THREAD" }, 0],
    [{ defaultAction: "SCMP_ACT_KILL_PROCESS" }, 0x80000000],
    [{ defaultAction: "SCMP_ACT_TRAP" }, 0x00030000],
    [{ defaultAction: "SCMP_ACT_ERRNO" }, 0x00050001],
    [{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38 }, 0x00050026],
    [{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 0 }, 0x00050000],
    [{ defaultAction: "SCMP_ACT_TRACE" }, 0x7ff00001],
    [{ defaultAction: "SCMP_ACT_TRACE", defaultErrnoRet: 7 }, 0x7ff00007],
    [{ defaultAction: "SCMP_ACT_LOG" }, 0x7ffc0000],
    [{ defaultAction: "SCMP_ACT_ALLOW" }, 0x7fff0000],
    [{ defaultAction: "SCMP_ACT_NOTIFY" }, 0x7fc00000],
  ];
  for (const [profile, number] of cases) t.equal(defaultActionOf(profile), number, JSON.stringify(profile));
});

test("rulesOf() makes a rule of each name and leaves out what happens anyway", async (t) => {
  const syscalls: Seccomp["syscalls"] = [
    { names: ["read", "write"], action: "SCMP_ACT_ALLOW" },
    { names: ["reboot"], action: "SCMP_ACT_ERRNO" },
    { names: ["mount"], action: "SCMP_ACT_ERRNO", errnoRet: 38 },
  ];
  t.strictSame(rulesOf({ ...DENY, syscalls }), [
    { name: "read", action: 0x7fff0000, comparisons: [] },
    { name: "write", action: 0x7fff0000, comparisons: [] },
    { name: "mount", action: 0x00050026, comparisons: [] },
  ]);
  t.strictSame(rulesOf(DENY), []);
});

test("rulesOf() compares several arguments in one rule, and one argument several times in several", async (t) => {
  const args = [
    { index: 0, value: 16, op: "SCMP_CMP_EQ" },
    { index: 2, value: 0xf0, valueTwo: 0x10, op: "SCMP_CMP_MASKED_EQ" },
  ] as const;
  const [first, second] = [
    { index: 0, op: 4, a: 16n, b: 0n },
    { index: 2, op: 7, a: 0xf0n, b: 0x10n },
  ];
  const rules = (list: readonly (typeof args)[number][]) =>
    rulesOf({ ...DENY, syscalls: [{ names: ["socket"], action: "SCMP_ACT_ALLOW", args: [...list] }] });
  t.strictSame(
    rules(args).map(({ comparisons }) => comparisons),
    [[first, second]],
  );
  t.strictSame(
    rules([...args, args[0]]).map(({ comparisons }) => comparisons),
    [[first], [second], [first]],
  );
});

test("rulesOf() has every operator, and all 64 bits of a value", async (t) => {
  const ops = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"] as const;
  for (const [index, op] of ops.entries()) {
    const args = [{ index: 5, value: 0xffff_ffff_ffff_ffffn, op: `SCMP_CMP_${op}` } as const];
    const [rule] = rulesOf({ ...DENY, syscalls: [{ names: ["x"], action: "SCMP_ACT_ALLOW", args }] });
    t.strictSame(rule?.comparisons, [{ index: 5, op: index + 1, a: 0xffff_ffff_ffff_ffffn, b: 0n }], op);
  }
});

test("filterFlags() are those of seccomp(2)", async (t) => {
  const flags = (profile: Partial<Seccomp>) => filterFlags({ ...DENY, ...profile });
  t.equal(flags({}), 0x4, "no list at all: SPEC_ALLOW");
  t.equal(flags({ flags: [] }), 0, "an empty list");
  t.equal(flags({ flags: ["SECCOMP_FILTER_FLAG_TSYNC"] }), 0, "there is one thread");
  t.equal(flags({ flags: ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"] }), 0x6);
  const notify: Partial<Seccomp> = { syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }] };
  t.equal(flags({ ...notify, flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] }), 0x28);
  t.equal(usesNotify({ ...DENY, ...notify }), true);
  t.equal(usesNotify(DENY), false);
});

test("hidesNewCalls() where they would be refused", async (t) => {
  const cases: [Seccomp, boolean][] = [
    [{ defaultAction: "SCMP_ACT_ERRNO" }, true],
    [{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1 }, true],
    [{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38 }, false],
    [{ defaultAction: "SCMP_ACT_KILL" }, true],
    [{ defaultAction: "SCMP_ACT_KILL_PROCESS" }, true],
    [{ defaultAction: "SCMP_ACT_TRAP" }, true],
    [{ defaultAction: "SCMP_ACT_TRACE" }, false],
    [{ defaultAction: "SCMP_ACT_LOG" }, false],
    [{ defaultAction: "SCMP_ACT_ALLOW" }, false],
  ];
  for (const [profile, expected] of cases) t.equal(hidesNewCalls(profile), expected, JSON.stringify(profile));
});
