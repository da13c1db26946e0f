/** config.md § POSIX process, rlimits: as /proc/self/limits has them, in the kernel's units. */
import { readFileSync } from "node:fs";
import { test } from "tap";
import { inside, refused } from "../support/container.ts";
import { status } from "../support/host.ts";

/** The types of getrlimit(2) with what /proc/PID/limits calls them. */
const TYPES = {
  RLIMIT_AS: "Max address space",
  RLIMIT_CORE: "Max core file size",
  RLIMIT_CPU: "Max cpu time",
  RLIMIT_DATA: "Max data size",
  RLIMIT_FSIZE: "Max file size",
  RLIMIT_LOCKS: "Max file locks",
  RLIMIT_MEMLOCK: "Max locked memory",
  RLIMIT_MSGQUEUE: "Max msgqueue size",
  RLIMIT_NICE: "Max nice priority",
  RLIMIT_NOFILE: "Max open files",
  RLIMIT_NPROC: "Max processes",
  RLIMIT_RSS: "Max resident set",
  RLIMIT_RTPRIO: "Max realtime priority",
  RLIMIT_RTTIME: "Max realtime timeout",
  RLIMIT_SIGPENDING: "Max pending signals",
  RLIMIT_STACK: "Max stack size",
} as const;

const line = (limits: string, name: string) =>
  new RegExp(`^${name}\\s+(\\S+)\\s+(\\S+)`, "m").exec(limits)?.slice(1) ?? [];
const UNLIMITED = 18446744073709551615n;
const own = readFileSync("/proc/self/limits", "utf8");
const mayRaise = (BigInt(`0x${status(readFileSync("/proc/self/status", "utf8"), "CapEff")}`) >> 24n) & 1n;

test("every type is set, soft and hard apart", async (t) => {
  const rlimits = Object.entries(TYPES).map(([type, name], index) => {
    const hard = line(own, name)[1] === "unlimited" ? 1_000_000_000 + index : Number(line(own, name)[1]);
    return { type, name, soft: Math.max(0, hard - 1 - index), hard };
  });
  const limits = await inside(t, "cat /proc/self/limits", {
    process: { rlimits: rlimits.map(({ name: _, ...limit }) => limit) },
  });
  for (const { type, name, soft, hard } of rlimits) t.same(line(limits, name), [String(soft), String(hard)], type);
});

test("what is not named stays as the caller has it", async (t) => {
  const limits = await inside(t, "cat /proc/self/limits", { process: { rlimits: [] } });
  for (const [type, name] of Object.entries(TYPES)) t.same(line(limits, name), line(own, name), type);
});

test("64 bits are kept", async (t) => {
  const rlimits = [
    { type: "RLIMIT_FSIZE", soft: 9007199254740993n, hard: UNLIMITED },
    { type: "RLIMIT_CORE", soft: 0n, hard: UNLIMITED - 1n },
    { type: "RLIMIT_CPU", soft: UNLIMITED, hard: UNLIMITED },
  ];
  const limits = await inside(t, "cat /proc/self/limits", { process: { rlimits } });
  t.same(line(limits, TYPES.RLIMIT_FSIZE), ["9007199254740993", "unlimited"]);
  t.same(line(limits, TYPES.RLIMIT_CORE), ["0", "18446744073709551614"]);
  t.same(line(limits, TYPES.RLIMIT_CPU), ["unlimited", "unlimited"]);
});

test("limits under which a small program still runs do not stop the runtime's own work", async (t) => {
  const low = (type: string, value: number) => ({ type, soft: value, hard: value });
  const rlimits = [
    low("RLIMIT_AS", 8 << 20),
    low("RLIMIT_NOFILE", 4),
    low("RLIMIT_DATA", 4 << 20),
    low("RLIMIT_FSIZE", 4096),
    low("RLIMIT_STACK", 1 << 20),
  ];
  t.equal(await inside(t, "echo works", { process: { rlimits } }), "works");
});

test("the hard limit cannot be raised without CAP_SYS_RESOURCE", async (t) => {
  const hard = Number(line(own, TYPES.RLIMIT_NOFILE)[1]) + 1;
  const change = { process: { rlimits: [{ type: "RLIMIT_NOFILE", soft: 10, hard }] } };
  if (mayRaise) t.match(await inside(t, "ulimit -H -n", change), String(hard));
  else t.match(await refused(t, change), /nofile.*operation not permitted/i);
});

test("a limit is refused", async (t) => {
  const limit = (type: unknown, soft: unknown, hard: unknown) => ({ process: { rlimits: [{ type, soft, hard }] } });
  const twice = [
    { type: "RLIMIT_CORE", soft: 0, hard: 0 },
    { type: "RLIMIT_CORE", soft: 0, hard: 0 },
  ];
  t.match(await refused(t, { process: { rlimits: twice } }), /RLIMIT_CORE|duplicate/i, "that comes twice");
  t.match(await refused(t, limit("RLIMIT_FOO", 1, 1)), /RLIMIT_FOO/, "of no known type");
  t.match(await refused(t, limit("NOFILE", 1, 1)), /NOFILE/, "without RLIMIT_");
  t.match(await refused(t, limit("RLIMIT_CORE", 2, 1)), /rlimits\/0\/soft/, "whose soft value is above the hard one");
  t.match(await refused(t, limit("RLIMIT_CORE", -1, 1)), /soft/, "that is negative");
  t.match(await refused(t, limit("RLIMIT_CORE", 1, UNLIMITED + 1n)), /hard/, "of more than 64 bits");
});
