import { test } from "tap";
import { becomeUser, chownStdio, limitCapabilities, setCapabilities, setRlimits } from "../../lib/init/user.ts";
import type { Call, Step } from "../../lib/program/step.ts";
import { PROCESS } from "./sequence.ts";

const NONE = { bounding: 0n, effective: 0n, inheritable: 0n, permitted: 0n, ambient: 0n };

function words(bytes: unknown): number[] {
  return [...new Uint32Array((bytes as Uint8Array).slice().buffer)];
}

function call(steps: readonly Step[], index: number): Call {
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

test("capset(2) gets effective, permitted and inheritable, the low halves first", async (t) => {
  const sets = { ...NONE, effective: 1n, permitted: 1n | (1n << 33n), inheritable: 1n << 32n };
  t.same(words(call(setCapabilities(sets, { keepSysAdmin: false }), 0).args[1]), [1, 1, 0, 0, 2, 1]);
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
  t.same(words(call(steps, 1).args[1]), [7, 8]);
  t.same(call(steps, 3).args, [1000, 1000, 1000]);
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
