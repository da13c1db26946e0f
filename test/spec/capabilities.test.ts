import { test } from "tap";
import { capabilitiesSpec } from "../../lib/spec/capabilities.ts";

test("names become bits of their set, on both sides of 32", async (t) => {
  const never = (message: string) => t.fail(message);
  const { bounding, effective, ambient } = capabilitiesSpec(
    {
      bounding: ["CAP_CHOWN", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_CHECKPOINT_RESTORE"],
      ambient: [],
    },
    undefined,
    never,
  );
  t.equal(bounding, 1n | (1n << 31n) | (1n << 32n) | (1n << 40n));
  t.equal(effective, 0n);
  t.equal(ambient, 0n);
});

test("no capabilities at all: every set is empty", async (t) => {
  const none = { bounding: 0n, effective: 0n, inheritable: 0n, permitted: 0n, ambient: 0n };
  t.same(capabilitiesSpec(undefined, undefined, t.fail), none);
});

test("an unknown name, and one that can't be given, is one warning and changes nothing", async (t) => {
  const warnings: string[] = [];
  const names = ["CAP_WIZARDRY", "constructor", "CAP_KILL", "CAP_SYS_RESOURCE", "CAP_BPF"];
  const held: [number, number] = [1 << 5, 1];
  const sets = capabilitiesSpec({ permitted: names, bounding: names }, held, (message) => warnings.push(message));
  t.equal(sets.permitted, 1n << 5n);
  t.equal(sets.bounding, 1n << 5n);
  t.same(warnings, [
    'capability "CAP_WIZARDRY" is not known and is ignored',
    'capability "constructor" is not known and is ignored',
    "capability CAP_SYS_RESOURCE can't be given, since runt does not have it, and is ignored",
    "capability CAP_BPF can't be given, since runt does not have it, and is ignored",
  ]);
});

test("ambient capabilities are those that are permitted and inheritable too: the kernel raises no others", async (t) => {
  const names = { permitted: ["CAP_KILL", "CAP_CHOWN"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL", "CAP_CHOWN"] };
  t.equal(capabilitiesSpec(names, undefined, t.fail).ambient, 1n << 5n);
});
