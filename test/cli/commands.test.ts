/** What the commands make of their options, with real containers. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { runt } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";

/** Two created containers under one state root. */
async function two(t: Test): Promise<[Container, Container]> {
  const first = container(t, { process: { args: ["sleep", "60"] } });
  const second = container(t, { process: { args: ["sleep", "60"] } }, first.root);
  for (const each of [first, second]) t.equal((await each.create()).code, 0);
  return [first, second];
}

test("list shows all containers of the root, in the order of their ids", async (t) => {
  const both = await two(t);
  const { root } = both[0];
  both.sort((a, b) => (a.id < b.id ? -1 : 1));
  const list = (...args: string[]) => runt(["--root", root, "list", ...args]);

  t.equal((await list("--quiet")).stdout, both.map(({ id }) => `${id}\n`).join(""));

  const states = await Promise.all(both.map((each) => each.state()));
  const json = JSON.parse((await list("--format", "json")).stdout);
  t.same(
    json,
    states.map((state) => ({ ...state, owner: "root" })),
  );

  const [title, ...lines] = (await list()).stdout.trimEnd().split("\n");
  t.match(title, /^ID +PID +STATUS +BUNDLE +CREATED +OWNER$/);
  for (const [index, { id, pid, status, bundle, created }] of json.entries()) {
    t.same(lines[index]?.split(/ {2,}/), [id, String(pid), status, bundle, created, "root"]);
  }
  const column = title?.indexOf("STATUS") ?? 0;
  for (const line of lines) t.equal(line.slice(column, column + 10), "created   ");
});

test("state prints indented JSON with the properties that engines read, in runc's order", async (t) => {
  const subject = container(t);
  await subject.create();
  const { stdout } = await subject.command("state");
  t.match(stdout, /^\{\n {2}"ociVersion": "1\.3\.0",\n {2}"id": /);
  const names = ["ociVersion", "id", "pid", "status", "bundle", "rootfs", "created"];
  t.same(Object.keys(JSON.parse(stdout)).slice(0, names.length), names);
});

test("kill and delete --regex mean every container that matches", async (t) => {
  const both = await two(t);
  const { root } = both[0];
  for (const each of both) t.equal((await each.start()).code, 0);
  t.same(await runt(["--root", root, "kill", "--regex", `^${both[0].id}$`, "KILL"]), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  await stopped(both[0]);
  t.equal((await both[1].state()).status, "running");

  const { code, stderr } = await runt(["--root", root, "delete", "--regex", "^runt-test-"]);
  t.equal(code, 1, "one of them runs");
  t.equal(stderr, `${both[1].id}: cannot delete container ${both[1].id} that is not stopped: running\n`);
  t.notOk(existsSync(join(root, both[0].id)), "the other is deleted all the same");

  t.equal((await runt(["--root", root, "delete", "--force", "--regex", "^runt-test-"])).code, 0);
  t.notOk(existsSync(join(root, both[1].id)));
});

async function stopped(subject: Container): Promise<void> {
  while ((await subject.state()).status !== "stopped") await new Promise((resolve) => setTimeout(resolve, 5));
}

test("create names what failed, and how", async (t) => {
  const subject = container(t);
  await subject.create();
  const { code, stderr } = await subject.command("create", ["--bundle", subject.bundle]);
  t.same([code, stderr], [1, "runt create failed: container with given ID already exists\n"]);
});

test("relative paths are of the caller's directory, not of the bundle", async (t) => {
  const subject = container(t);
  const { code, stderr } = await subject.command("create", ["--bundle", "bundle", "--pid-file", "pid"], {
    cwd: subject.directory,
  });
  t.same([code, stderr], [0, ""]);
  const { pid, bundle } = await subject.state();
  t.equal(readFileSync(join(subject.directory, "pid"), "utf8"), String(pid));
  t.equal(bundle, subject.bundle);
});

test("a warning is told on standard error, and not in the log unless it is asked for", async (t) => {
  const capabilities = { bounding: ["CAP_NO_SUCH"] };
  const subject = container(t, { process: { args: ["true"], capabilities } });
  const log = join(subject.directory, "log");
  const run = (...options: string[]) => {
    return runt([...options, "--root", subject.root, "run", "--bundle", subject.bundle, subject.id]);
  };
  t.match(await run(), { code: 0, stderr: /^warning: .*"CAP_NO_SUCH"/ });
  t.match(await run("--log", log), { code: 0, stderr: "" });
  t.notOk(existsSync(log));
  t.match(await run("--log", log, "--log-format", "json", "--log-level", "warning"), { code: 0, stderr: "" });
  t.match(JSON.parse(readFileSync(log, "utf8")), { level: "warning", msg: /"CAP_NO_SUCH"/ });
});
