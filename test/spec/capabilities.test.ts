import { test } from "tap";
import { capabilitiesSpec } from "../../lib/spec/capabilities.ts";

test("names become bits of their set, on both sides of 32", async (t) => {
  const never = (message: string) => t.fail(message);
  const { bounding, effective, ambient } = capabilitiesSpec(
    {
      bounding: ["CAP_CHOWN", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_CHECKPOINT_RESTORE"],
      effective: null,
      ambient: [],
    },
    never,
  );
  t.equal(bounding, 1n | (1n << 31n) | (1n << 32n) | (1n << 40n));
  t.equal(effective, 0n);
  t.equal(ambient, 0n);
});

test("no capabilities at all: every set is empty", async (t) => {
  const none = { bounding: 0n, effective: 0n, inheritable: 0n, permitted: 0n, ambient: 0n };
  t.same(capabilitiesSpec(undefined, t.fail), none);
});

test("an unknown name is a warning and changes nothing", async (t) => {
  const warnings: string[] = [];
  const sets = capabilitiesSpec({ permitted: ["CAP_WIZARDRY", "CAP_KILL"] }, (message) => warnings.push(message));
  t.equal(sets.permitted, 1n << 5n);
  t.same(warnings, ['capability "CAP_WIZARDRY" is not known and is ignored']);
});

test("ambient capabilities are those that are permitted and inheritable too: the kernel raises no others", async (t) => {
  const names = { permitted: ["CAP_KILL", "CAP_CHOWN"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL", "CAP_CHOWN"] };
  t.equal(capabilitiesSpec(names, t.fail).ambient, 1n << 5n);
});
