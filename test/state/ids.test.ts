/** Ids and state roots: which are taken, which refused, and that nothing outside the root is touched by either. */
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { runt } from "../support/command.ts";
import { Container, container, list } from "../support/container.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

const GOOD = ["a", "A", "0", "name_1", "a.b", "a-b", "a+b", "UPPER.lower-1_2+3", "..a", "x".repeat(60)];

test("ids of letters, digits and _+-. are taken", async (t) => {
  for (const suffix of GOOD) {
    const subject = container(t, { process: { args: ["sleep", "60"] } });
    const id = `${subject.id}${suffix}`;
    const command = (name: string, ...args: string[]) => runt(["--root", subject.root, name, ...args, id]);
    const { code, stderr } = await command("create", "--bundle", subject.bundle);
    t.equal(code, 0, `${id}: ${stderr}`);
    t.equal(JSON.parse((await command("state")).stdout || "{}").id, id);
    t.equal((await command("delete", "--force")).code, 0);
  }
});

const BAD = [
  "",
  ".",
  "..",
  "/",
  "a/b",
  "../a",
  "a/../b",
  "/etc",
  " ",
  "a b",
  "a\n",
  "a\tb",
  "é",
  "a:b",
  "a*",
  "a\\b",
  "a'b",
  "@a",
  "a%b",
  "😀",
];

for (const command of ["create", "run", "state", "start", "kill", "delete"]) {
  test(`${command} refuses ids of anything else`, async (t) => {
    const subject = container(t);
    for (const id of BAD) {
      const bundle = ["create", "run"].includes(command) ? ["--bundle", subject.bundle] : [];
      const { code, stderr } = await runt(["--root", subject.root, command, ...bundle, "--", id]);
      t.not(code, 0, JSON.stringify(id));
      t.not(stderr, "", JSON.stringify(id));
    }
    t.same(existsSync(subject.root) ? list(subject.root) : [], [], "the state root is as before");
  });
}

test("delete --force of an id that climbs deletes nothing", async (t) => {
  const subject = container(t);
  const victim = subject.folder("victim");
  writeFileSync(join(victim, "state.json"), "{}");
  mkdirSync(subject.root, { recursive: true });
  for (const id of ["../victim", "..", ".", `../../${subject.id}/victim`])
    await runt(["--root", subject.root, "delete", "--force", "--", id]);
  t.same(list(victim), ["state.json"]);
});

test("a command without an id, or with two, is misused", async (t) => {
  const subject = container(t);
  for (const command of ["create", "start", "state", "kill", "delete", "run"]) {
    const { code, stderr } = await runt(["--root", subject.root, command]);
    t.not(code, 0, command);
    t.match(stderr, new RegExp(command), `${command}: its usage is shown`);
  }
  t.not((await runt(["--root", subject.root, "state", "a", "b"])).code, 0);
});

const ROOTS = [
  "plain",
  "with blank",
  "with'quote",
  'with"quote',
  "with\\backslash",
  "with\nnewline",
  "é€😀",
  "with,comma=equals",
  "-dash",
  "deep/er/still",
  "x".repeat(200),
];

for (const name of ROOTS) {
  test(`the state root may be called ${JSON.stringify(name.slice(0, 30))}`, async (t) => {
    const root = join(scratch, uniqueName(), name);
    const subject = container(t, { process: { args: ["sleep", "60"] } }, root);
    const { code, stderr } = await subject.create();
    t.equal(code, 0, stderr);
    t.equal((await subject.start()).code, 0);
    t.equal((await subject.state()).status, "running");
    t.match((await runt(["--root", root, "list"])).stdout, subject.id);
    t.equal((await subject.delete("--force")).code, 0);
    t.notOk(existsSync(join(root, subject.id)));
  });
}

test("the state root may be relative, and a link", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  const relative = ["--root", "state-here"];
  t.equal(
    (await runt([...relative, "create", "--bundle", subject.bundle, subject.id], { cwd: subject.directory })).code,
    0,
  );
  symlinkSync("state-here", join(subject.directory, "link"));
  t.equal((await runt(["--root", join(subject.directory, "link"), "state", subject.id])).code, 0);
  t.equal((await runt([...relative, "delete", "--force", subject.id], { cwd: subject.directory })).code, 0);
});

test("the state is its owner's alone, whatever the umask", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.create([], { launcher: ["sh", "-c", 'umask 0; exec "$@"', "sh"] });
  for (const path of [subject.root, join(subject.root, subject.id)])
    t.equal(statSync(path).mode & 0o77 & 0o066, 0, path);
  t.equal((await subject.delete("--force")).code, 0);
});

test("two state roots know nothing of each other", async (t) => {
  const [one, two] = [container(t, { process: { args: ["sleep", "60"] } }), new Container({})];
  await one.create();
  const { code, stderr } = await runt(["--root", two.root, "state", one.id]);
  t.equal(code, 1);
  t.match(stderr, /does not exist/);
  t.equal((await runt(["--root", two.root, "delete", "--force", one.id])).code, 0);
  t.equal((await one.state()).status, "created", "delete --force of the other root's does not reach it");
  await two.discard();
});

test("a state root that cannot be made is told", async (t) => {
  const subject = container(t);
  writeFileSync(join(subject.directory, "file"), "");
  const { code, stderr } = await runt([
    "--root",
    join(subject.directory, "file/root"),
    "create",
    "--bundle",
    subject.bundle,
    subject.id,
  ]);
  t.not(code, 0);
  t.match(stderr, /not a directory/i);
  t.same(await subject.remains(), []);
});

test("a spoilt state is told, and delete --force still removes it", async (t) => {
  for (const text of ["", "{", "null", "{}", "x".repeat(1000)]) {
    const subject = container(t, { process: { args: ["sleep", "60"] } });
    await subject.create();
    const folder = join(subject.root, subject.id);
    const file = join(folder, "state.json");
    t.ok(existsSync(file));
    const { pid } = await subject.state();
    chmodSync(file, 0o600);
    writeFileSync(file, text);
    const { code, stderr } = await subject.command("state");
    t.not(code, 0, JSON.stringify(text.slice(0, 10)));
    t.match(stderr, /the container's state .*state\.json is (damaged|of another version)/);
    const healthy = container(t, {}, subject.root);
    await healthy.create();
    const listed = await runt(["--root", subject.root, "list", "--quiet"]);
    t.equal(listed.code, 0);
    t.equal(listed.stdout, `${healthy.id}\n`, "the others are listed");
    t.match(listed.stderr, new RegExp(`warning: ${subject.id}: the container's state`));
    process.kill(pid, "SIGKILL");
    t.equal((await subject.delete("--force")).code, 0);
    t.notOk(existsSync(folder));
    await subject.clearCgroups();
  }
});
