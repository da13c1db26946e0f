/** A container that may make cgroups makes them deeper than a path may be long: they are still its own, and go with it. */
import { test } from "tap";
import { run } from "../support/command.ts";
import { type Container, running } from "../support/container.ts";
import { cgroupsNamed } from "../support/host.ts";

/** Twice as deep as PATH_MAX reaches, by names of one character. */
const DEPTH = 4096;

/** Runs a script of Node's in the topmost cgroup of a hierarchy. */
function inCgroup(path: string, script: string) {
  return run([process.execPath, "-e", `const fs = require("fs"); process.chdir(${JSON.stringify(path)}); ${script}`]);
}

/** The directory in which the runtime looks for the container's processes. */
function mainCgroup({ id }: Container): string {
  const paths = cgroupsNamed(id);
  return paths.find((path) => path.includes("/freezer/")) ?? (paths.at(-1) as string);
}

test("cgroups below each other without an end are looked through, and removed", async (t) => {
  const subject = await running(t);
  const path = mainCgroup(subject);
  const { pid } = await subject.state();
  t.teardown(() =>
    inCgroup(
      path,
      `let n = 0; try { for (;; n++) process.chdir("a"); } catch {} while (n-- > 0) { process.chdir(".."); fs.rmdirSync("a"); }`,
    ),
  );
  const made = await inCgroup(
    path,
    `for (let i = 0; i < ${DEPTH}; i++) { fs.mkdirSync("a"); process.chdir("a"); } fs.writeFileSync("cgroup.procs", "${pid}")`,
  );
  t.equal(made.code, 0, made.stderr);
  const ps = await subject.command("ps", ["--format", "json"]);
  t.same(JSON.parse(ps.stdout || "[]"), [pid], ps.stderr);
  const { code, stderr } = await subject.delete("--force");
  t.equal(code, 0, stderr);
  t.same(await subject.remains(), []);
});
