import { test } from "tap";
import { deviceFilter } from "../../lib/cgroup/device-filter.ts";
import { accessOf, DEFAULT_DEVICES } from "../../lib/cgroup/device-rules.ts";
import type { DeviceRule } from "../../lib/config/schema.ts";
import { BPF_OP } from "../../lib/linux/bpf.ts";

interface Access {
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  readonly access: string;
}

/** Runs a program as the kernel would. @returns its answer. @throws when it does what the kernel's verifier refuses */
function ask(program: readonly bigint[], { type, major, minor, access }: Access): boolean {
  const context = [(accessOf(access, 0) << 16) | (type === "b" ? 1 : 2), major, minor];
  const registers: (number | undefined)[] = [];
  const register = (index: number): number => {
    const value = registers[index];
    if (value === undefined) throw new Error(`register ${index} is read before it is set`);
    return value;
  };
  for (let at = 0; ; at++) {
    const word = program[at];
    if (word === undefined) throw new Error("the program runs past its end");
    const [opcode, to, from] = [Number(word & 0xffn), Number((word >> 8n) & 0xfn), Number((word >> 12n) & 0xfn)];
    const offset = Number(BigInt.asIntN(16, word >> 16n));
    const value = Number(word >> 32n);
    switch (opcode) {
      case BPF_OP.LOAD:
        registers[to] = context[offset / 4];
        break;
      case BPF_OP.MOV:
        registers[to] = value;
        break;
      case BPF_OP.MOV_FROM:
        registers[to] = register(from);
        break;
      case BPF_OP.AND:
        registers[to] = (register(to) & value) >>> 0;
        break;
      case BPF_OP.SHIFT_RIGHT:
        registers[to] = register(to) >>> value;
        break;
      case BPF_OP.GO:
        at += offset;
        break;
      case BPF_OP.IF_NOT_EQUAL:
        if (register(to) !== value) at += offset;
        break;
      case BPF_OP.IF_ANY_BIT:
        if ((register(to) & value) !== 0) at += offset;
        break;
      case BPF_OP.EXIT:
        return register(0) === 1;
      default:
        throw new Error(`opcode ${opcode}`);
    }
    if (offset < 0) throw new Error("a jump goes back");
  }
}

/** What the specification says, rule after rule, for each access by itself. */
function expected(rules: readonly DeviceRule[], { type, major, minor, access }: Access): boolean {
  const all = rules.map((rule) => ({ type: "a", major: -1, minor: -1, ...rule, access: accessOf(rule.access, 0) }));
  const isAll = (rule: (typeof all)[number]) =>
    rule.type === "a" && rule.major === -1 && rule.minor === -1 && rule.access === 7;
  const allowed = all.findLast(isAll)?.allow ?? false;
  const effective = allowed ? all : [...all, ...DEFAULT_DEVICES.map((device) => ({ ...device, allow: true }))];
  return [...access].every((letter) => {
    const bit = accessOf(letter, 0);
    const about = effective.filter((rule) => {
      const numbers = [rule.major, rule.minor].every(
        (number, index) => number === -1 || number === [major, minor][index],
      );
      return (rule.type === "a" || rule.type === type) && numbers && (rule.access & bit) !== 0;
    });
    return about.at(-1)?.allow ?? false;
  });
}

const REQUESTS: Access[] = ["b", "c"].flatMap((type) =>
  [0, 1, 2, 136, 4294967295].flatMap((major) =>
    [0, 3, 4, 4294967295].flatMap((minor) =>
      ["r", "w", "m", "rw", "rwm"].map((access) => ({ type: type as "b" | "c", major, minor, access })),
    ),
  ),
);

const DENY_ALL: DeviceRule = { allow: false, access: "rwm" };
const ALLOW_ALL: DeviceRule = { allow: true, type: "a", major: -1, minor: -1, access: "mrw" };

const CASES: Record<string, DeviceRule[]> = {
  "everything denied but the defaults": [DENY_ALL],
  "a read-only device": [DENY_ALL, { allow: true, type: "b", major: 2, minor: 0, access: "r" }],
  "the last rule wins": [
    DENY_ALL,
    { allow: true, type: "c", major: 2, minor: 3, access: "rw" },
    { allow: false, type: "c", major: 2, minor: 3, access: "w" },
  ],
  "an exception from an exception": [
    DENY_ALL,
    { allow: true, type: "c", major: 2, access: "rwm" },
    { allow: false, type: "c", major: 2, minor: 3, access: "rwm" },
  ],
  "all but one": [ALLOW_ALL, { allow: false, type: "c", major: 1, minor: 3, access: "w" }],
  "what is before a rule for everything is past": [
    { allow: false, type: "c", major: 2, minor: 3, access: "rwm" },
    ALLOW_ALL,
    { allow: false, type: "b", access: "m" },
  ],
  "a default that is denied": [DENY_ALL, { allow: false, type: "c", major: 1, minor: 3, access: "r" }],
  "both types, large numbers": [
    DENY_ALL,
    { allow: true, type: "a", major: 4294967295, minor: 4294967295, access: "rw" },
  ],
  "no rule for everything": [{ allow: true, type: "c", major: 2, minor: 3, access: "r" }],
};

for (const [name, rules] of Object.entries(CASES)) {
  test(`deviceFilter(): ${name}`, async (t) => {
    const program = deviceFilter(rules);
    const wrong = REQUESTS.filter((request) => ask(program, request) !== expected(rules, request));
    t.strictSame(wrong, []);
  });
}

test("deviceFilter() of any list does what the list says", async (t) => {
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const pick = <T>(...of: T[]): T => of[random(of.length)] as T;
  for (let round = 0; round < 200; round++) {
    const rules = Array.from({ length: 1 + random(6) }, (): DeviceRule => {
      if (random(6) === 0) return pick(DENY_ALL, ALLOW_ALL);
      const numbers = { major: pick(-1, 1, 2), minor: pick(-1, 0, 3) };
      return {
        allow: random(2) === 0,
        type: pick("a", "b", "c"),
        ...numbers,
        access: pick("r", "w", "m", "rw", "rwm"),
      };
    });
    const program = deviceFilter(rules);
    const wrong =
      program.length === 0
        ? REQUESTS.filter((request) => !expected(rules, request))
        : REQUESTS.filter((request) => ask(program, request) !== expected(rules, request));
    if (wrong.length > 0) t.strictSame(wrong, [], JSON.stringify(rules));
  }
});

test("deviceFilter() is empty when everything is allowed", async (t) => {
  t.strictSame(deviceFilter([ALLOW_ALL]), []);
  t.strictSame(deviceFilter([DENY_ALL, ALLOW_ALL, { allow: true, type: "c", major: 1, minor: 3, access: "r" }]), []);
  t.not(deviceFilter([ALLOW_ALL, DENY_ALL]).length, 0);
});
