import { readFileSync } from "node:fs";
import { test } from "tap";
import {
  becomeUser,
  capabilityLimiter,
  chownStdio,
  limitCapabilities,
  setCapabilities,
  setRlimits,
} from "../../lib/init/user.ts";
import { AT } from "../../lib/linux/fcntl.ts";
import { MACHINE } from "../../lib/linux/machine.ts";
import { buffer, type Call, call, type Step, slot } from "../../lib/program/step.ts";
import { mapReport, run } from "../program/run.ts";
import { PROCESS } from "./sequence.ts";

const NONE = { bounding: 0n, effective: 0n, inheritable: 0n, permitted: 0n, ambient: 0n };

function words(bytes: unknown): number[] {
  return [...new Uint32Array((bytes as Uint8Array).slice().buffer)];
}

function nth(steps: readonly Step[], index: number): Call {
  return steps[index] as Call;
}

test("what is not in the bounding set is dropped from it", async (t) => {
  const dropped = (bounding: bigint) => {
    const [step] = limitCapabilities({ ...NONE, bounding });
    return step?.op === "each" ? step.items.map(([capability]) => capability) : undefined;
  };
  t.equal(dropped(0n)?.length, 41);
  t.same(dropped((1n << 41n) - 1n), []);
  t.same(dropped(((1n << 41n) - 1n) ^ ((1n << 3n) | (1n << 31n) | (1n << 40n))), [3, 31, 40]);
});

test("capabilities that a later kernel has are dropped from the bounding set too", {
  skip: process.getuid?.() !== 0 && "needs root",
}, async (t) => {
  const status = buffer("status", 4096);
  const [file, length] = [slot("file"), slot("length")];
  const tell = [
    call("", "openat", [AT.FDCWD, "/proc/self/status", 0, 0], { result: file }),
    call("", "read", [file, status, 4096], { result: length }),
    call("", "write", [1, status, length]),
  ];
  const known = (1n << 31n) - 1n;
  // To the program this kernel is one that has ten capabilities more than it knows.
  const steps = [mapReport(), ...capabilityLimiter(30)({ ...NONE, bounding: known }), ...tell];
  const { status: code, stdout } = run(steps, MACHINE);
  t.equal(code, 0);
  const bounding = (text: string): bigint => BigInt(`0x${/^CapBnd:\t(\w+)$/m.exec(text)?.[1]}`);
  const own = bounding(readFileSync("/proc/self/status", "utf8"));
  t.not(own, own & known, "there are some to be dropped");
  t.equal(bounding(String(stdout)), own & known);
});

test("capset(2) gets effective, permitted and inheritable, the low halves first", async (t) => {
  const sets = { ...NONE, effective: 1n, permitted: 1n | (1n << 33n), inheritable: 1n << 32n };
  t.same(words(nth(setCapabilities(sets, { keepSysAdmin: false }), 0).args[1]), [1, 1, 0, 0, 2, 1]);
});

test("ambient capabilities are cleared, then raised one by one", async (t) => {
  const steps = setCapabilities({ ...NONE, ambient: (1n << 5n) | (1n << 40n) }, { keepSysAdmin: false });
  t.same(
    steps.slice(1).map((step) => (step as Call).args.slice(0, 3)),
    [
      [47, 4, 0],
      [47, 2, 5],
      [47, 2, 40],
    ],
  );
});

test("groups are set before the user, while there is the right to", async (t) => {
  const steps = becomeUser({ ...PROCESS, uid: 1000, gid: 50, additionalGids: [7, 8] });
  t.same(
    steps.map((step) => (step as Call).call),
    ["prctl", "setgroups", "setresgid", "setresuid", "umask"],
  );
  t.same(words(nth(steps, 1).args[1]), [7, 8]);
  t.same(nth(steps, 3).args, [1000, 1000, 1000]);
});

test("limits go to the kernel as 64-bit words", async (t) => {
  const infinity = 0xffff_ffff_ffff_ffffn;
  const [step] = setRlimits({ ...PROCESS, rlimits: [{ name: "RLIMIT_CORE", resource: 4, soft: 1n, hard: infinity }] });
  t.same((step as Call).args.slice(0, 2), [0, 4]);
  t.same(words((step as Call).args[2]), [1, 0, 0xffffffff, 0xffffffff]);
});

test("stdio is given to a user other than root only", async (t) => {
  t.same(chownStdio(PROCESS), []);
  t.equal(chownStdio({ ...PROCESS, uid: 1 }).length, 3);
});
