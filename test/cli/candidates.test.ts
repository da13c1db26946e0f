import { test } from "tap";
import { COMMANDS } from "../../lib/cli/arguments.ts";
import { candidates } from "../../lib/cli/candidates.ts";

const CONTAINERS = ["web", "worker"];

/** What is offered for `line`, whose last word is being written. */
function offered(line: string): string[] {
  return candidates(line.split(" "), () => CONTAINERS);
}

const CASES: readonly [line: string, offered: string[]][] = [
  ["", Object.keys(COMMANDS)],
  ["st", ["start", "state"]],
  ["--roo", ["--root", "--rootless"]],
  ["--log-format ", ["text", "json"]],
  ["--log-format j", ["json"]],
  ["--log-format=j", ["--log-format=json"]],
  ["--log-format = j", ["json"]],
  ["--log-format =", ["text", "json"]],
  ["--root ", []],
  ["--root /r st", ["start", "state"]],
  ["--root=/r st", ["start", "state"]],
  ["--debug st", ["start", "state"]],
  ["--cgroup-manager d", ["disabled"]],
  ["state ", CONTAINERS],
  ["state wo", ["worker"]],
  ["state web ", []],
  ["create ", []],
  ["create --b", ["--bundle"]],
  ["create --bundle ", []],
  ["create --no-p", ["--no-pivot"]],
  ["create --pidfd", ["--pidfd-socket"]],
  ["run -b /b --d", ["--debug", "--detach"]],
  ["kill -a web USR", ["USR1", "USR2"]],
  ["kill web KI", ["KILL"]],
  ["list -f ", ["table", "json"]],
  ["list --format t", ["table"]],
  ["list ", []],
  ["exec w", CONTAINERS],
  ["exec --no-n", ["--no-new-privs"]],
  ["exec --env A=b w", CONTAINERS],
  ["exec web ", []],
  ["exec web ls -", []],
  ["exec web ls --log-format=", []],
  ["completion ", ["bash", "zsh"]],
  ["help cr", ["create"]],
  ["frobnicate st", ["start", "state"]],
];

for (const [line, expected] of CASES) {
  test(`candidates() of ${JSON.stringify(line)}`, (t) => {
    t.same(offered(line).sort(), [...expected].sort());
    t.end();
  });
}

test("containers are asked for only to be named", (t) => {
  candidates(["create", ""], () => t.fail("asked") as never);
  candidates(["state", "--"], () => t.fail("asked") as never);
  t.end();
});
