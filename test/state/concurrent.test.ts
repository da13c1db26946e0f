/** Commands at the same time: for one container only one of each can win, and many containers do not disturb each other. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { MOUNTS } from "../support/bundle.ts";
import { runt } from "../support/command.ts";
import { Container, container, list } from "../support/container.ts";
import { alive, until } from "../support/host.ts";

const waiting = { process: { args: ["sleep", "60"] } };
const succeeded = (results: readonly { code: number }[]) => results.filter(({ code }) => code === 0).length;
const TIMES = 8;

test("of several creates of one id one succeeds", async (t) => {
  const root = join(container(t).directory, "shared");
  for (let round = 0; round < 5; round++) {
    const subject = container(t, waiting, root);
    const results = await Promise.all(
      Array.from({ length: TIMES }, () => subject.command("create", ["--bundle", subject.bundle])),
    );
    t.equal(succeeded(results), 1);
    for (const { code, stderr } of results) if (code !== 0) t.match(stderr, /already exists/);
    const { pid, status } = await subject.state();
    t.equal(status, "created");
    t.ok(alive(pid));
    await subject.discard();
  }
});

test("of several starts one succeeds", async (t) => {
  for (let round = 0; round < 5; round++) {
    const subject = container(t, { process: { args: ["sh", "-c", "echo started; sleep 60"] } });
    await subject.create();
    const results = await Promise.all(Array.from({ length: TIMES }, () => subject.start()));
    t.equal(succeeded(results), 1);
    for (const { code, stderr } of results) if (code !== 0) t.match(stderr, /cannot start/);
    await until("it says so", () => subject.stdout.length > 0);
    t.equal(subject.stdout, "started\n");
  }
});

test("of several deletes one succeeds, and delete --force always does", async (t) => {
  for (let round = 0; round < 5; round++) {
    const subject = container(t, waiting);
    await subject.create();
    const results = await Promise.all(Array.from({ length: TIMES }, () => subject.delete()));
    t.equal(succeeded(results), 1);
    for (const { code, stderr } of results) if (code !== 0) t.match(stderr, /does not exist/);
    t.same(await subject.remains(), []);
    await subject.create();
    await subject.start();
    const forced = await Promise.all(Array.from({ length: TIMES }, () => subject.delete("--force")));
    t.same(
      forced.map(({ code, stderr }) => [code, stderr]),
      forced.map(() => [0, ""]),
    );
    t.same(await subject.remains(), []);
  }
});

test("start against delete --force: afterwards nothing is left, whoever was first", async (t) => {
  for (let round = 0; round < 20; round++) {
    const subject = container(t, waiting);
    await subject.create();
    const [, deleted] = await Promise.all([subject.start(), subject.delete("--force")]);
    t.equal(deleted.code, 0);
    t.same(await subject.remains(), []);
  }
});

test("create against delete --force: afterwards it is there or not, never half", async (t) => {
  for (let round = 0; round < 20; round++) {
    const subject = container(t, waiting);
    const [created] = await Promise.all([subject.create(), subject.delete("--force")]);
    const { code, stdout } = await subject.command("state");
    if (code !== 0) t.same(await subject.remains(), [], `create answered ${created.code}`);
    else t.match(stdout, /"status": *"(created|stopped)"/);
    t.equal((await subject.delete("--force")).code, 0);
    t.same(await subject.remains(), []);
  }
});

test("state, kill and list during create and delete tell the truth or that there is none", async (t) => {
  const root = join(container(t).directory, "shared");
  let done = false;
  const asking = (async () => {
    const answers: { code: number; stdout: string; stderr: string }[] = [];
    while (!done) answers.push(await runt(["--root", root, "list", "--format", "json"]));
    return answers;
  })();
  for (let round = 0; round < 10; round++) {
    const subject = container(t, waiting, root);
    await Promise.all([subject.create(), subject.command("state"), subject.kill("0")]);
    await Promise.all([subject.delete("--force"), subject.command("state"), subject.kill("0")]);
  }
  done = true;
  for (const { code, stdout, stderr } of await asking) {
    t.equal(code, 0, stderr);
    t.ok(stdout.trim() === "null" || Array.isArray(JSON.parse(stdout)));
  }
});

test("a hundred containers at once are created, listed, started and deleted, and nothing is left", async (t) => {
  const root = join(container(t).directory, "shared");
  const proc = MOUNTS.slice(0, 2);
  const all = Array.from(
    { length: 100 },
    () => new Container({ process: { args: ["sleep", "60"] }, mounts: proc }, root),
  );
  t.teardown(async () => {
    for (const subject of all) await subject.discard();
  });
  const together = async (action: (subject: Container) => Promise<{ code: number; stderr: string }>) => {
    const answers = await Promise.all(all.map(action));
    return answers.filter(({ code }) => code !== 0).map(({ stderr }) => stderr);
  };
  t.same(await together((subject) => subject.create([], { timeout: 120_000 })), [], "created");
  const { stdout } = await runt(["--root", root, "list", "--format", "json"], { timeout: 120_000 });
  const listed: { id: string; status: string; pid: number }[] = JSON.parse(stdout);
  t.same(listed.map(({ id }) => id).sort(), all.map(({ id }) => id).sort(), "listed");
  t.equal(new Set(listed.map(({ pid }) => pid)).size, 100, "each with its process");
  t.same(await together((subject) => subject.start({ timeout: 120_000 })), [], "started");
  t.same(await together((subject) => subject.delete("--force")), [], "deleted");
  for (const subject of all) t.same(await subject.remains(), []);
  t.same(
    (existsSync(root) ? list(root) : []).filter((name) => all.some(({ id }) => name.includes(id))),
    [],
  );
});
