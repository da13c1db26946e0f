import { test } from "tap";
import type { Arguments } from "../../lib/cli/arguments.ts";
import { withLimits } from "../../lib/cli/limits.ts";
import { parse } from "../../lib/cli/parse.ts";

function options(line: string): Arguments<"update"> {
  const invocation = parse(["update", ...line.split(" ").filter(Boolean), "c1"]);
  if (!("call" in invocation) || invocation.call.command !== "update") throw new Error(line);
  return invocation.call.args;
}

test("withLimits() sets what the options say", async (t) => {
  const cases: [string, object][] = [
    ["", {}],
    ["--memory 64M --memory-swap=-1", { memory: { limit: 64 << 20, swap: -1 } }],
    ["--cpu-share 5 --cpuset-cpus 0-3 --cpuset-mems=", { cpu: { shares: 5, cpus: "0-3" } }],
    ["--cpu-rt-runtime 5 --cpu-rt-period 9", { cpu: { realtimeRuntime: 5, realtimePeriod: 9 } }],
    ["--pids-limit 0", { pids: { limit: 0 } }],
    ["--blkio-weight 10", { blockIO: { weight: 10 } }],
    ["--kernel-memory 64M --kernel-memory-tcp 1", {}],
  ];
  for (const [line, expected] of cases) t.strictSame(withLimits({}, options(line)), expected, line);
});

test("withLimits() goes over a file, and leaves the rest of it", async (t) => {
  const file = { memory: { limit: 5, swap: 9 }, pids: { limit: 3 } };
  t.strictSame(withLimits(file, options("--memory 7")), { memory: { limit: 7, swap: 9 }, pids: { limit: 3 } });
  t.equal(file.memory.limit, 5);
});

test("sizes have units", async (t) => {
  const sizes: Record<string, number> = {
    "100": 100,
    "1k": 1024,
    "1KB": 1024,
    "1KiB": 1024,
    "10b": 10,
    "1.5M": 1.5 * 1024 ** 2,
    "2g": 2 * 1024 ** 3,
    "3T": 3 * 1024 ** 4,
    "1P": 1024 ** 5,
    "-1": -1,
  };
  for (const [text, limit] of Object.entries(sizes)) {
    t.strictSame(withLimits({}, options(`--memory=${text}`)), { memory: { limit } }, text);
  }
  for (const text of ["x", "1x", "M", "1.M", "1 2", "0x10", "1e3"]) {
    t.throws(() => withLimits({}, { ...options(""), memory: text }), { message: /invalid value .* for flag --memory/ });
  }
  for (const text of ["1.5", "1k", "x"]) {
    t.throws(() => withLimits({}, { ...options(""), "pids-limit": text }), { message: /it takes a whole number/ });
  }
});
