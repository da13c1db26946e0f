/** config.md § Process: what the user's program finds when it begins. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { leadsTo, lists, reads, statusField, statusFields } from "./support/asks.ts";
import { invalid, must } from "./support/requirement.ts";
import { OBSERVER } from "./support/subject.ts";

const PROCESS = "config.md § Process";
const USER = "config.md § POSIX-platform User";
const ARGS =
  "This specification extends the IEEE standard in that at least one entry is REQUIRED (non-Windows), and that entry is used with the same semantics as execvp's file.";

const words = (text: string): string[] => text.split("\0").slice(0, -1);

must(
  "process-args",
  PROCESS,
  "args (array of strings, OPTIONAL) with similar semantics to IEEE Std 1003.1-2008 execvp's argv.",
  async (c) => {
    const args = [OBSERVER, c.id, "", "two words", "ünïcode", "-x"];
    const { line } = await c.ask({ line: reads("/proc/self/cmdline") }, { process: { args } });
    deepEqual(words(line), args);
  },
);

must("process-args-path-lookup", PROCESS, ARGS, async (c) => {
  mkdirSync(join(c.rootfs, "second"));
  const asks = { exe: leadsTo("/proc/self/exe") };
  c.install("/second/found-by-name", asks);
  c.prepare({ process: { args: ["found-by-name", c.id], env: ["PATH=/first:/second"] } });
  await c.succeed("run", c.run());
  equal(c.answers(asks).exe, "/second/found-by-name");
});

must("process-args-empty", PROCESS, ARGS, async (c) => {
  c.prepare({ process: { args: [] } });
  const { code } = await c.create();
  if (code === 0) await c.fail("start", c.start());
});

must("process-program-missing", PROCESS, ARGS, async (c) => {
  c.prepare({ process: { args: ["/no-such-program", c.id] } });
  const { code } = await c.create();
  if (code === 0) await c.fail("start", c.start());
});

must("process-program-not-executable", PROCESS, ARGS, async (c) => {
  writeFileSync(join(c.rootfs, "text"), "not a program", { mode: 0o644 });
  c.prepare({ process: { args: ["/text", c.id] } });
  const { code } = await c.create();
  if (code === 0) await c.fail("start", c.start());
});

must(
  "process-env",
  PROCESS,
  "env (array of strings, OPTIONAL) with the same semantics as IEEE Std 1003.1-2008's environ.",
  async (c) => {
    const env = ["PATH=/bin", "EMPTY=", "SPACED=a b", "EQUALS=a=b", "HOME=/somewhere"];
    const { found } = await c.ask({ found: reads("/proc/self/environ") }, { process: { env } });
    deepEqual(words(found).sort(), [...env].sort());
  },
);

must(
  "process-env-not-the-runtimes",
  PROCESS,
  "env (array of strings, OPTIONAL) with the same semantics as IEEE Std 1003.1-2008's environ.",
  async (c) => {
    const asks = { found: reads("/proc/self/environ") };
    c.prepare({ process: { env: ["PATH=/bin"] } }, asks);
    await c.succeed("run", c.run(["env", "LEAKED=secret"]));
    ok(!c.answers(asks).found.includes("LEAKED"), "a variable of the runtime's own comes through");
  },
);

must(
  "process-cwd",
  PROCESS,
  "cwd (string, REQUIRED) is the working directory that will be set for the executable.",
  async (c) => {
    const { cwd } = await c.ask({ cwd: leadsTo("/proc/self/cwd") }, { process: { cwd: "/tmp" } });
    equal(cwd, "/tmp");
  },
);

must("process-cwd-relative", PROCESS, "This value MUST be an absolute path.", async (c) => {
  await c.refused({ process: { cwd: "tmp" } });
});

must("process-cwd-missing", PROCESS, "cwd (string, REQUIRED)", async (c) => {
  await c.refused({ process: { cwd: undefined } });
});

must(
  "process-cwd-outside",
  PROCESS,
  "cwd (string, REQUIRED) is the working directory that will be set for the executable.",
  async (c) => {
    const { cwd } = await c.ask({ cwd: leadsTo("/proc/self/cwd") }, { process: { cwd: "/../../.." } });
    equal(cwd, "/");
  },
);

must(
  "process-uid-gid",
  USER,
  "uid (int, REQUIRED) specifies the user ID in the container namespace. gid (int, REQUIRED) specifies the group ID",
  async (c) => {
    const { status } = await c.ask({ status: statusFields() }, { process: { user: { uid: 1000, gid: 1001 } } });
    deepEqual(status("Uid").split(/\s+/), ["1000", "1000", "1000", "1000"]);
    deepEqual(status("Gid").split(/\s+/), ["1001", "1001", "1001", "1001"]);
  },
);

must(
  "process-additional-gids",
  USER,
  "additionalGids (array of ints, OPTIONAL) specifies additional group IDs in the container namespace to be added to the process.",
  async (c) => {
    const { groups } = await c.ask(
      { groups: statusField("Groups") },
      { process: { user: { uid: 1000, gid: 1000, additionalGids: [5, 77] } } },
    );
    deepEqual(
      groups.split(/\s+/).filter((gid) => gid !== "1000"),
      ["5", "77"],
    );
  },
);

must(
  "process-no-groups-of-the-runtime",
  USER,
  "additionalGids (array of ints, OPTIONAL) specifies additional group IDs in the container namespace to be added to the process.",
  async (c) => {
    const asks = { groups: statusField("Groups") };
    c.prepare({ process: { user: { uid: 1000, gid: 1000 } } }, asks);
    await c.succeed("run", c.run(["setpriv", "--groups", "4,20"]));
    equal(c.answers(asks).groups.replace("1000", "").trim(), "");
  },
);

must(
  "process-umask",
  USER,
  "umask (int, OPTIONAL) specifies the umask of the user.",
  async (c) => {
    const { umask } = await c.ask(
      { umask: statusField("Umask") },
      { process: { user: { uid: 0, gid: 0, umask: 0o077 } } },
    );
    equal(umask, "0077");
  },
  { since: "1.0.2" },
);

must(
  "process-no-new-privileges",
  "config.md § Linux Process",
  "setting noNewPrivileges to true prevents the process from gaining additional privileges.",
  async (c) => {
    const { bit } = await c.ask({ bit: statusField("NoNewPrivs") }, { process: { noNewPrivileges: true } });
    equal(bit, "1");
  },
);

must("process-new-privileges", "config.md § Linux Process", "noNewPrivileges (bool, OPTIONAL)", async (c) => {
  const { bit } = await c.ask({ bit: statusField("NoNewPrivs") }, { process: { noNewPrivileges: false } });
  equal(bit, "0");
});

must(
  "process-descriptors",
  "runtime-linux.md § File descriptors",
  "By default, only the stdin, stdout and stderr file descriptors are kept open for the application by the runtime.",
  async (c) => {
    // The fourth is the listing's own.
    const { names } = await c.ask({ names: lists("/proc/self/fd") });
    deepEqual(names, ["0", "1", "2", "3"]);
  },
);

for (const score of [0, 500, 1000]) {
  must(
    `oom-score-adj-${score}`,
    "config.md § Linux Process",
    "If oomScoreAdj is set, the runtime MUST set oom_score_adj to the given value.",
    async (c) => {
      const { value } = await c.ask({ value: reads("/proc/self/oom_score_adj") }, { process: { oomScoreAdj: score } });
      equal(value.trim(), String(score));
    },
  );
}

must(
  "oom-score-adj-unset",
  "config.md § Linux Process",
  "If oomScoreAdj is not set, the runtime MUST NOT change the value of oom_score_adj.",
  async (c) => {
    const asks = { value: reads("/proc/self/oom_score_adj") };
    c.prepare({}, asks);
    await c.succeed("run", c.run(["sh", "-c", 'echo 321 > /proc/self/oom_score_adj && exec "$@"', "sh"]));
    equal(c.answers(asks).value.trim(), "321");
  },
);

invalid("oom-score-adj-too-large", async (c) => {
  await c.refused({ process: { oomScoreAdj: 1001 } });
});
