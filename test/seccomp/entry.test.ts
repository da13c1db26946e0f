import { test } from "tap";
import type { Seccomp } from "../../lib/config/schema.ts";
import { keyOf, nameOf, pack, unpack } from "../../lib/seccomp/entry.ts";

const FILTER = new Uint8Array(80).map((_, index) => index);
const KEY = new TextEncoder().encode("what it was made from".repeat(100));

test("unpack() gives back what pack() took", async (t) => {
  const entry = unpack(pack({ filter: FILTER, key: KEY }));
  t.strictSame([...(entry?.filter ?? [])], [...FILTER]);
  t.strictSame([...(entry?.key ?? [])], [...KEY]);
});

const DAMAGE: Record<string, (file: Uint8Array) => Uint8Array> = {
  "an empty file": () => new Uint8Array(0),
  "a file cut off in its header": (file) => file.slice(0, 19),
  "a file without its last byte": (file) => file.slice(0, -1),
  "a file cut off at half": (file) => file.slice(0, file.length >> 1),
  "a file with a byte too much": (file) => new Uint8Array([...file, 0]),
  "a file that begins otherwise": (file) => file.with(0, 0),
  "a file of another format": (file) => file.with(4, 2),
  "a filter of no instruction": () => pack({ filter: new Uint8Array(0), key: KEY }),
  "a filter of a part of an instruction": () => pack({ filter: FILTER.slice(0, 76), key: KEY }),
  "zeros where the end of the filter should be": (file) => file.fill(0, 60, 100),
  "zeros where the end of the file should be": (file) => file.fill(0, file.length - 400),
  "another sample": (file) => file.with(16, (file[16] as number) ^ 1),
};

for (const [name, damage] of Object.entries(DAMAGE)) {
  test(`unpack() refuses ${name}`, async (t) => {
    t.equal(unpack(damage(pack({ filter: FILTER, key: KEY }))), undefined);
  });
}

test("nameOf() is another for another length and for other content", async (t) => {
  const changed = KEY.with(0, 0);
  t.not(nameOf(KEY), nameOf(KEY.slice(1)));
  t.not(nameOf(KEY.slice(0, 512)), nameOf(changed.slice(0, 512)));
  t.match(nameOf(KEY), /^\d+-\d+$/);
});

test("keyOf() differs in everything a filter depends on", async (t) => {
  const call = { names: ["read", "write"], action: "SCMP_ACT_ALLOW" } as const;
  const arg = { index: 1, value: 2, op: "SCMP_CMP_EQ" } as const;
  const base: Seccomp = { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ ...call, names: ["read", "write"] }] };
  const withCall = (change: object): Seccomp => ({
    ...base,
    syscalls: [{ ...call, names: ["read", "write"], ...change }],
  });
  const profiles: Seccomp[] = [
    base,
    { ...base, defaultAction: "SCMP_ACT_KILL" },
    { ...base, defaultErrnoRet: 1 },
    { ...base, architectures: ["SCMP_ARCH_X86"] },
    { ...base, syscalls: [] },
    withCall({ action: "SCMP_ACT_LOG" }),
    withCall({ errnoRet: 2 }),
    withCall({ names: ["read"] }),
    withCall({ names: ["readwrite"] }),
    withCall({ names: ["write", "read"] }),
    withCall({ args: [arg] }),
    withCall({ args: [{ ...arg, index: 2 }] }),
    withCall({ args: [{ ...arg, value: 3 }] }),
    withCall({ args: [{ ...arg, valueTwo: 3 }] }),
    withCall({ args: [{ ...arg, op: "SCMP_CMP_NE" }] }),
    withCall({ args: [arg, arg] }),
    {
      ...base,
      syscalls: [
        { names: ["read"], action: "SCMP_ACT_ALLOW" },
        { names: ["write"], action: "SCMP_ACT_ALLOW" },
      ],
    },
  ];
  const keys = [...profiles.map((profile) => keyOf("runt 1", profile)), keyOf("runt 2", base)];
  t.equal(new Set(keys).size, profiles.length + 1);
});

test("keyOf() takes a value of 64 bits", async (t) => {
  const args = [{ index: 0, value: 0xffff_ffff_ffff_ffffn, op: "SCMP_CMP_EQ" } as const];
  t.match(
    keyOf("", { defaultAction: "SCMP_ACT_KILL", syscalls: [{ names: ["x"], action: "SCMP_ACT_LOG", args }] }),
    "18446744073709551615",
  );
});
