import { test } from "tap";
import { execSequence } from "../../lib/init/exec-sequence.ts";
import type { ExecHandles } from "../../lib/init/handles.ts";
import type { ExecSpec } from "../../lib/spec/container-spec.ts";
import { EXEC, EXEC_HANDLES, flatten, PROCESS } from "./sequence.ts";

function callsOf(change: Partial<ExecSpec> = {}, handles: Partial<ExecHandles> = {}) {
  return flatten(execSequence({ ...EXEC, ...change }, { ...EXEC_HANDLES, ...handles }));
}

const SECCOMP = { filter: new Uint8Array(8), flags: 0, listener: undefined };

/** Rows of: what must come in this order, with what the program is for. */
const ORDERS: [string, string[], Parameters<typeof callsOf>][] = [
  [
    "it is non-dumpable, and what the caller left open is closed, before it joins anything",
    ["close_range", "become non-dumpable", "join a cgroup", "setns", "clone3"],
    [{}, { cgroup: { tasks: ["/sys/fs/cgroup/memory/c/tasks"], memory: undefined, directory: undefined } }],
  ],
  [
    "the terminal is opened in the container, and is the controlling one of a session of its own",
    ["setns", "clone3", "setsid", "open a terminal", "send the terminal", "make the terminal the controlling one"],
    [{ process: { ...PROCESS, terminal: true } }, { console: 13 }],
  ],
  [
    "the runtime hears of the process when its identity is taken and its program found",
    [
      "setresuid",
      "capset",
      "getcwd",
      "faccessat2",
      "close_range",
      "tell the runtime",
      "wait for the runtime",
      "execve",
    ],
    [{}],
  ],
  ["the filter is last", ["wait for the runtime", "seccomp", "execve"], [{ seccomp: SECCOMP }]],
];

for (const [name, order, given] of ORDERS) {
  test(name, async (t) => {
    const calls = callsOf(...given);
    let from = 0;
    for (const each of order) {
      const index = calls.findIndex(({ call, doing }, at) => at >= from && (call === each || doing.startsWith(each)));
      t.ok(index >= from, each);
      from = index + 1;
    }
  });
}

test("nothing stands between the seccomp filter and execve", async (t) => {
  const calls = callsOf({ seccomp: SECCOMP }).map(({ call }) => call);
  t.same(calls.slice(calls.indexOf("seccomp")), ["seccomp", "execve"]);
});

test("a missing cwd is not made", async (t) => {
  t.notOk(callsOf().some(({ call }) => call === "mkdirat"));
});

test("the process is made in the cgroup of v2", async (t) => {
  const clone = callsOf({}, { cgroup: { tasks: [], memory: undefined, directory: 14 } }).find(
    ({ call }) => call === "clone3",
  );
  const [args] = clone?.args ?? [];
  t.match(args, { words: { 0: 0x200108000, 10: 14 } });
  const calls = callsOf({}, { cgroup: { tasks: [], memory: undefined, directory: 14 } });
  const closed = calls.findIndex(({ call, args }) => call === "close" && args[0] === 14);
  const joined = calls.findIndex(({ call }) => call === "setns");
  t.ok(closed > 0 && closed < joined, "which is closed before anything of the container is joined");
});
