/** The completion script in a real bash. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { completionScript } from "../../bin/build/help.ts";
import { COMMANDS } from "../../lib/cli/arguments.ts";
import { PATH, RUNT, run, runt } from "../support/command.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

/** What bash would offer for `words`, the last of which is being written. */
async function offered(t: Test, words: readonly string[]): Promise<string[]> {
  const directory = join(scratch, uniqueName());
  mkdirSync(join(directory, "root/web"), { recursive: true });
  mkdirSync(join(directory, "root/worker"));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  symlinkSync(RUNT, join(directory, "runt"));
  writeFileSync(join(directory, "script"), (await runt(["completion", "bash"])).stdout);
  const ask = `
    source script
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    $(complete -p runt | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await run(["bash", "--norc", "-c", ask, "bash", "runt", ...words], {
    cwd: directory,
    env: { PATH: `${directory}:${PATH}` },
  });
  t.same([code, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "");
}

const CASES: readonly [words: string[], offered: readonly string[]][] = [
  [[""], Object.keys(COMMANDS)],
  [["st"], ["start", "state"]],
  [["--log-f"], ["--log-format"]],
  [
    ["--log-format", ""],
    ["text", "json"],
  ],
  [["--log-format", "=", "j"], ["json"]],
  [
    ["create", "--no-"],
    ["--no-pivot", "--no-new-keyring"],
  ],
  [["create", "--bundle", ""], []],
  [
    ["--root", "root", "state", ""],
    ["web", "worker"],
  ],
  [["--root", "root", "kill", "we"], ["web"]],
  [["kill", "web", "TER"], ["TERM"]],
  [["--root", "/nowhere", "state", ""], []],
  [["completion", "z"], ["zsh"]],
];

for (const [words, expected] of CASES) {
  test(`bash completes runt ${words.join(" ")}`, async (t) => {
    t.same((await offered(t, words)).sort(), [...expected].sort());
  });
}

test("completion prints the script of each shell", async (t) => {
  for (const shell of COMMANDS.completion.positionals.shell.choices) {
    t.same(await runt(["completion", shell]), { code: 0, stdout: completionScript(shell), stderr: "" });
  }
});
