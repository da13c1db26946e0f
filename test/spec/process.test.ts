import { test } from "tap";
import type { Process } from "../../lib/config/schema.ts";
import { processSpec } from "../../lib/spec/process.ts";

const OPTIONS = {
  preserveFds: 0,
  listenFds: 0,
  notifies: false,
  lsm: { apparmor: () => true, selinux: () => true },
  listenNames: undefined,
  keepGroups: false,
  grantable: undefined,
  homeOf: (uid: number) => `/home/${uid}`,
  warn: () => {},
};
const spec = (process: object) => processSpec({ cwd: "/", args: ["sh"], ...process } as Process, OPTIONS);

test("defaults are taken", async (t) => {
  t.match(spec({}), {
    terminal: false,
    consoleSize: undefined,
    uid: 0,
    gid: 0,
    additionalGids: [],
    umask: 0o022,
    noNewPrivileges: false,
    oomScoreAdj: undefined,
    rlimits: [],
  });
});

test("HOME is added for the user when env has none", async (t) => {
  t.same(spec({ user: { uid: 1000, gid: 1 }, env: ["A=b"] })?.env, ["A=b", "HOME=/home/1000"]);
  t.same(spec({ env: ["HOME=/x"] })?.env, ["HOME=/x"]);
  t.same(spec({ env: null })?.env, ["HOME=/home/0"]);
});

test("consoleSize counts with a terminal only", async (t) => {
  const consoleSize = { height: 10, width: 20 };
  t.same(spec({ terminal: true, consoleSize })?.consoleSize, consoleSize);
  t.equal(spec({ terminal: false, consoleSize })?.consoleSize, undefined);
});

test("rlimits become numbers, of 64 bits", async (t) => {
  const rlimits = [{ type: "RLIMIT_NOFILE", soft: 10, hard: 0xffff_ffff_ffff_ffffn }];
  t.same(spec({ rlimits })?.rlimits, [{ name: "RLIMIT_NOFILE", resource: 7, soft: 10n, hard: 0xffff_ffff_ffff_ffffn }]);
});

test("a umask of 0 and an oomScoreAdj of 0 are kept", async (t) => {
  t.match(spec({ user: { uid: 0, gid: 0, umask: 0 }, oomScoreAdj: 0 }), { umask: 0, oomScoreAdj: 0 });
});

test("LISTEN_FDS is told to the program, and its descriptors stay open", async (t) => {
  const process: Process = { cwd: "/", args: ["sh"], env: ["HOME=/"] };
  const { env, preserveFds } = processSpec(process, { ...OPTIONS, preserveFds: 1, listenFds: 2 }) ?? {};
  t.same(env, ["HOME=/", "LISTEN_FDS=2", "LISTEN_PID=1"]);
  t.equal(preserveFds, 3);
});

test("the names of what LISTEN_FDS passes go along", async (t) => {
  const { env } = processSpec(
    { cwd: "/", args: ["sh"], env: ["HOME=/"] },
    {
      ...OPTIONS,
      listenFds: 2,
      listenNames: "a:b",
    },
  );
  t.same(env, ["HOME=/", "LISTEN_FDS=2", "LISTEN_PID=1", "LISTEN_FDNAMES=a:b"]);
});

test("groups that are kept are not set", async (t) => {
  const process: Process = { cwd: "/", args: ["sh"], user: { uid: 0, gid: 0, additionalGids: [5] } };
  t.same(processSpec(process, OPTIONS).additionalGids, [5]);
  t.equal(processSpec(process, { ...OPTIONS, keepGroups: true }).additionalGids, undefined);
});
