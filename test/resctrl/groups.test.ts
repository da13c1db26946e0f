/** Groups in a directory that looks like resctrl, but for the files that only the kernel puts into a new one. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { planResctrl } from "../../lib/resctrl/plan.ts";
import { program } from "../seccomp/compiler.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

const built = program(new URL("resctrl-main.ts", import.meta.url));

async function call(name: string, ...args: unknown[]): Promise<string> {
  return spawnSync(await built, [name, JSON.stringify(args)]).stderr.toString();
}

const SCHEMATA = "    MB:0= 100\n    L3:0=7ff\n";

/** A tree with the groups of these names. */
function tree(t: Test, ...groups: string[]): string {
  const root = join(scratch, uniqueName());
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const group of ["", ...groups]) {
    mkdirSync(join(root, group, "mon_groups"), { recursive: true });
    writeFileSync(join(root, group, "schemata"), SCHEMATA);
    writeFileSync(join(root, group, "tasks"), "");
  }
  return root;
}

const plan = (config: object, root: string) =>
  planResctrl(config, "c1", root, (directory) =>
    existsSync(`${directory}/schemata`) ? readFileSync(`${directory}/schemata`, "utf8") : undefined,
  );

test("the values go to the group's schemata, the process to its tasks and to the monitoring group's", async (t) => {
  const root = tree(t, "gold");
  const made = plan({ closID: "gold", memBwSchema: "MB:0=100", schemata: ["L3:0=7ff"], enableMonitoring: true }, root);
  t.equal(await call("makeResctrl", made), "");
  // A write to a file of resctrl is a command; in a plain file the last one stands over the first.
  t.equal(readFileSync(`${root}/gold/schemata`, "utf8"), `L3:0=7ff\n${SCHEMATA.slice(9)}`);
  writeFileSync(`${root}/gold/mon_groups/c1/tasks`, "");
  t.equal(await call("joinResctrl", made.record, 4711), "");
  for (const file of ["gold/tasks", "gold/mon_groups/c1/tasks"])
    t.equal(readFileSync(`${root}/${file}`, "utf8"), "4711");
  t.equal(readFileSync(`${root}/tasks`, "utf8"), "", "and nowhere else");
  rmSync(`${root}/gold/mon_groups/c1/tasks`);
  t.equal(await call("removeResctrl", made.record), "");
  t.notOk(existsSync(`${root}/gold/mon_groups/c1`), "the monitoring group is the container's");
  t.ok(existsSync(`${root}/gold`), "the group is not");
});

test("without closID the group is made, and removed; what is gone already is fine", async (t) => {
  const root = tree(t);
  const made = plan({}, root);
  t.equal(await call("makeResctrl", made), "");
  t.ok(existsSync(`${root}/c1`));
  t.equal(readFileSync(`${root}/schemata`, "utf8"), SCHEMATA, "nothing is written to any schemata");
  t.equal(await call("removeResctrl", made.record), "");
  t.notOk(existsSync(`${root}/c1`));
  t.equal(await call("removeResctrl", made.record), "");
});

test("when a value is refused, or a directory can't be made, what was made is removed", async (t) => {
  const root = tree(t);
  const made = plan({ l3CacheSchema: "L3:0=f" }, root);
  t.match(await call("makeResctrl", made), /write "L3:0=f" for linux.intelRdt: openat\(.*c1\/schemata.*ENOENT/);
  t.notOk(existsSync(`${root}/c1`));
  t.match(await call("makeResctrl", plan({ enableMonitoring: true }, root)), /make a group for linux.intelRdt: mkdir/);
  t.notOk(existsSync(`${root}/c1`));
  mkdirSync(`${root}/c1`);
  t.match(await call("makeResctrl", made), /make a group for linux.intelRdt: .*EEXIST/);
  t.ok(existsSync(`${root}/c1`), "one that another has made meanwhile is left alone");
});

test("new values go to the group that the container is in", async (t) => {
  const root = tree(t, "gold");
  const { record } = plan({ closID: "gold", enableMonitoring: true }, root);
  t.equal(await call("changeResctrl", record, ["L3:0=3f"]), "");
  t.match(readFileSync(`${root}/gold/schemata`, "utf8"), /^L3:0=3f\n/);
  t.equal(readFileSync(`${root}/schemata`, "utf8"), SCHEMATA);
  rmSync(`${root}/gold`, { recursive: true });
  t.match(
    await call("changeResctrl", record, ["L3:0=3f"]),
    /write "L3:0=3f" for linux.intelRdt: .*gold\/schemata.*ENOENT/,
  );
});
