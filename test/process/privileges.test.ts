/** What else execve(2) hands to the program: no_new_privs, its badness for the OOM killer, its session and signals. */
import { readFileSync } from "node:fs";
import { test } from "tap";
import { container, inside, refused } from "../support/container.ts";
import { status } from "../support/host.ts";

for (const [noNewPrivileges, flag] of [
  [true, "1"],
  [false, "0"],
  [undefined, "0"],
] as const) {
  test(`noNewPrivileges ${noNewPrivileges}`, async (t) => {
    const facts = await inside(t, "cat /proc/self/status", { process: { noNewPrivileges } });
    t.equal(status(facts, "NoNewPrivs"), flag);
  });
}

const own = readFileSync("/proc/self/oom_score_adj", "utf8").trim();

for (const oomScoreAdj of [0, 1, 500, 1000]) {
  test(`oomScoreAdj ${oomScoreAdj}`, async (t) => {
    t.equal(await inside(t, "cat /proc/self/oom_score_adj", { process: { oomScoreAdj } }), String(oomScoreAdj));
    t.equal(readFileSync("/proc/self/oom_score_adj", "utf8").trim(), own, "the caller keeps its own");
  });
}

test("without oomScoreAdj the caller's stays, whatever it is", async (t) => {
  const launcher = ["sh", "-c", 'echo 321 > /proc/self/oom_score_adj; exec "$@"', "sh"];
  t.equal(await inside(t, "cat /proc/self/oom_score_adj", {}, { launcher }), "321");
});

test("an oomScoreAdj is refused", async (t) => {
  for (const oomScoreAdj of [1001, -1001, 0.5, "0"])
    t.match(await refused(t, { process: { oomScoreAdj } }), /oom.?score.?adj/i, String(oomScoreAdj));
});

test("the program leads its session, is dumpable, and does not die with the runtime", async (t) => {
  const subject = container(t, { process: { args: ["/bin/probe", "session"] } });
  t.equal((await subject.run()).stdout, "pid 1 sid 1 pgid 1 dumpable 1 parent-death-signal 0\n");
});

test("no signal is blocked or ignored", async (t) => {
  const subject = container(t, { process: { args: ["/bin/cat", "/proc/self/status"] } });
  const { stdout } = await subject.run();
  for (const field of ["SigBlk", "SigIgn", "SigPnd", "ShdPnd"]) t.equal(status(stdout, field), "0".repeat(16), field);
});

test("the runtime's signal mask and ignored signals are reset, if its caller had any", async (t) => {
  const launcher = ["sh", "-c", 'trap "" USR1 PIPE; exec "$@"', "sh"];
  const subject = container(t, { process: { args: ["/bin/cat", "/proc/self/status"] } });
  const { stdout } = await subject.run([], { launcher });
  t.equal(status(stdout, "SigBlk"), "0".repeat(16));
});

test("what the host does not have is an error, not a weaker container", async (t) => {
  t.match(await refused(t, { process: { apparmorProfile: "runt-test" } }), /apparmor/i);
  t.match(await refused(t, { process: { selinuxLabel: "system_u:system_r:runt_t:s0" } }), /selinux/i);
});
