/** What engines find in the file that `--log` names. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { runt } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";

/** Runs a command that logs in JSON to the file `log`. */
function logged({ directory, root }: Container, command: readonly string[]) {
  const log = join(directory, "log.json");
  return { log, result: runt(["--root", root, "--log", log, "--log-format", "json", ...command]) };
}

test("--log gets the error as one JSON object that engines can read", async (t) => {
  const subject = container(t);
  const { log, result } = logged(subject, ["state", "missing"]);
  const { code, stderr } = await result;
  t.equal(code, 1);
  t.match(stderr, /does not exist/, "and stderr gets it as well");
  const entry = JSON.parse(readFileSync(log, "utf8"));
  t.equal(entry.level, "error");
  t.match(entry.msg, /does not exist/);
  t.ok(Date.parse(entry.time) > 0);
  t.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
});

test("a log is not made up of anything when all goes well", async (t) => {
  const subject = container(t);
  const { log, result } = logged(subject, ["run", "--bundle", subject.bundle, subject.id]);
  const { code } = await result;
  t.equal(code, 0);
  t.equal(existsSync(log) ? readFileSync(log, "utf8") : "", "");
});
