/**
 * The allowed devices of config-linux.md § Allowed Device list on cgroup v2: an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE
 * that the kernel asks about each access, cgroup-v2.rst § Device controller.
 */
import type { DeviceRule } from "../config/schema.ts";
import { BPF_DEVCG_DEV, BPF_OP, type Instruction, instruction } from "../linux/bpf.ts";
import { accessOf, DEFAULT_DEVICES, isEverything } from "./device-rules.ts";

const { MOV, LOAD, AND, SHIFT_RIGHT, MOV_FROM, IF_NOT_EQUAL, IF_ANY_BIT, EXIT } = BPF_OP;

/** Registers: what the kernel hands over, what is answered, and what is asked for. */
const ANSWER = 0;
const CONTEXT = 1;
const TYPE = 2;
/** The accesses that no rule has decided yet. */
const ACCESS = 3;
const MAJOR = 4;
const MINOR = 5;

/** struct bpf_cgroup_dev_ctx: access_type 4 (type in its low half, access in its high one), major 4, minor 4. */
const ASKED: readonly Instruction[] = [
  instruction(LOAD, { to: TYPE, from: CONTEXT, offset: 0 }),
  instruction(MOV_FROM, { to: ACCESS, from: TYPE }),
  instruction(AND, { to: TYPE, value: 0xffff }),
  instruction(SHIFT_RIGHT, { to: ACCESS, value: 16 }),
  instruction(LOAD, { to: MAJOR, from: CONTEXT, offset: 4 }),
  instruction(LOAD, { to: MINOR, from: CONTEXT, offset: 8 }),
];

/** The same for every container, so it is made when runt is built. */
const DEFAULTS: readonly Instruction[] = DEFAULT_DEVICES.flatMap((device) => decide({ allow: true, ...device }));

/** A rule without its defaults; -1 is a wildcard. */
interface Rule {
  readonly allow: boolean;
  readonly type: "a" | "b" | "c";
  readonly major: number;
  readonly minor: number;
  readonly access: number;
}

/**
 * The program of a list of rules, which begins from "nothing is allowed"; empty when the rules allow everything, which needs no
 * program. Each access (read, write, mknod) is decided by the last rule that is about it, and what asks for several gets all or
 * nothing: so the rules are asked from the last to the first.
 * @throws RuntimeError for a rule without access
 */
export function deviceFilter(rules: readonly DeviceRule[]): readonly Instruction[] {
  const all = rules.map(({ allow, type = "a", major = -1, minor = -1, access }, index) => {
    return { allow, type, major, minor, access: accessOf(access, index) };
  });
  const last = rules.findLastIndex(isEverything);
  const allowed = all[last]?.allow ?? false;
  const exceptions = all.slice(last + 1);
  if (allowed && exceptions.every(({ allow }) => allow)) return [];
  // With everything else allowed, what is denied was meant.
  return [...ASKED, ...(allowed ? [] : DEFAULTS), ...exceptions.reverse().flatMap(decide), ...answer(allowed)];
}

function answer(allowed: boolean): Instruction[] {
  return [instruction(MOV, { to: ANSWER, value: allowed ? 1 : 0 }), instruction(EXIT, {})];
}

/** Answers, if the device is the rule's, for what the rule is about; else goes on behind it. */
function decide({ allow, type, major, minor, access }: Rule): Instruction[] {
  const decision = allow
    ? [
        instruction(AND, { to: ACCESS, value: ~access }),
        instruction(IF_NOT_EQUAL, { to: ACCESS, value: 0, offset: 2 }),
        ...answer(true),
      ]
    : [
        // The kernel has no "if no bit": over the jump that goes on.
        instruction(IF_ANY_BIT, { to: ACCESS, value: access, offset: 1 }),
        instruction(BPF_OP.GO, { offset: 2 }),
        ...answer(false),
      ];
  const conditions: [number, number][] = [];
  if (type !== "a") conditions.push([TYPE, type === "b" ? BPF_DEVCG_DEV.BLOCK : BPF_DEVCG_DEV.CHAR]);
  if (major !== -1) conditions.push([MAJOR, major]);
  if (minor !== -1) conditions.push([MINOR, minor]);
  const length = conditions.length + decision.length;
  return [
    ...conditions.map(([to, value], index) => instruction(IF_NOT_EQUAL, { to, value, offset: length - index - 1 })),
    ...decision,
  ];
}
