/** The pid file may be in a folder where others can make files: what they have put there is neither written nor taken for ours. */
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { container } from "../support/container.ts";
import { victim } from "../support/victim.ts";

/** Makes something of a name that a new file beside the pid file may have, and goes on as the runtime, which has the same pid then. */
const PLANTED: Readonly<Record<string, string>> = {
  "another name of a file": 'ln "$victim" "$file.$$"; ln "$victim" "$file.$$-1"',
  "a link to a file": 'ln -s "$victim" "$file.$$"',
  "a FIFO": 'mkfifo "$file.$$"',
};

for (const [what, plant] of Object.entries(PLANTED)) {
  test(`where the new file is to be there is ${what}`, async (t) => {
    const subject = container(t);
    const target = join(victim(subject), "file");
    const file = join(subject.folder("shared"), "pid");
    const script = `victim=$1 file=$2; shift 2; ${plant}; exec "$@"`;
    const launcher = ["sh", "-c", script, "sh", target, file];
    const { code, stderr } = await subject.create(["--pid-file", file], { launcher });
    t.equal(code, 0, stderr);
    t.equal(readFileSync(file, "utf8"), String((await subject.state()).pid));
    t.equal(lstatSync(file).nlink, 1, "it has no other name");
    t.equal(readFileSync(target, "utf8"), "of the host\n");
    writeFileSync(target, "changed\n");
    t.not(readFileSync(file, "utf8"), "changed\n");
  });
}
