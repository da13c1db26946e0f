/** The commands that need no container, or only look at it: list, spec, features, and what is said of usage. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { type Config, cgroupsPathOf, merge } from "../support/bundle.ts";
import { run, runt } from "../support/command.ts";
import { container, list } from "../support/container.ts";
import { sharedRootfs } from "../support/scratch.ts";

const COMMANDS = [
  "create",
  "start",
  "state",
  "kill",
  "delete",
  "run",
  "list",
  "pause",
  "resume",
  "ps",
  "update",
  "spec",
  "features",
];

test("--version has the lines that engines look for", async (t) => {
  for (const flag of ["--version", "-v"]) {
    const { code, stdout, stderr } = await runt([flag]);
    t.equal(code, 0);
    t.equal(stderr, "");
    t.match(stdout, /^runt version \d+\.\d+\.\d+/);
    t.match(stdout, /^commit: \S+$/m);
    t.match(stdout, /^spec: 1\.\d+\.\d+/m);
    t.match(stdout, /^libseccomp: \d+\.\d+\.\d+$/m);
  }
});

test("--help names every command", async (t) => {
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const { code, stdout } = await runt(args);
    t.equal(code, 0, args.join(" "));
    for (const command of COMMANDS) t.match(stdout, new RegExp(`\\b${command}\\b`), `${args}: ${command}`);
    t.match(stdout, "--root");
  }
});

for (const command of COMMANDS) {
  test(`${command} --help shows its usage and does nothing`, async (t) => {
    const subject = container(t);
    for (const flag of ["--help", "-h"]) {
      const { code, stdout } = await runt(["--root", subject.root, command, flag]);
      t.equal(code, 0);
      t.match(stdout, command);
    }
    t.notOk(existsSync(join(subject.root, subject.id)));
  });
}

test("completion prints a script that the shell can read", async (t) => {
  const { code, stdout } = await runt(["completion"]);
  t.equal(code, 0);
  t.match(stdout, /runt/);
  const subject = container(t);
  const file = join(subject.directory, "completion");
  writeFileSync(file, stdout);
  t.same(await run(["bash", "-n", file]), { code: 0, stdout: "", stderr: "" });
});

test("misuse is told with the usage and a code of its own", async (t) => {
  const MISUSES = [
    [],
    ["no-such-command"],
    ["--no-such-flag", "list"],
    ["list", "--no-such-flag"],
    ["create", "--bundle"],
    ["list", "--format", "xml"],
    ["--log-format", "xml", "list"],
  ];
  for (const args of MISUSES) {
    const { code, stdout, stderr } = await runt(args);
    if (args.length > 0) t.not(code, 0, args.join(" "));
    t.not(stdout + stderr, "", args.join(" ") || "nothing");
  }
  t.match((await runt(["no-such-command"])).stderr, "no-such-command");
  t.match((await runt(["list", "--no-such-flag"])).stderr, "no-such-flag");
});

test("features tells what runt takes", async (t) => {
  const { code, stdout } = await runt(["features"]);
  t.equal(code, 0);
  const features = JSON.parse(stdout);
  t.match(features.ociVersionMin, /^1\.0\.\d/);
  t.match(features.ociVersionMax, /^1\.\d+\.\d/);
  t.same(features.hooks, ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);
  // Docker looks for the recursive ones.
  for (const option of ["ro", "rw", "bind", "rbind", "rro", "rprivate", "nosuid", "tmpcopyup", "nosymfollow"])
    t.ok(features.mountOptions.includes(option), option);
  for (const type of ["cgroup", "ipc", "mount", "network", "pid", "uts"])
    t.ok(features.linux.namespaces.includes(type), type);
  t.ok(features.linux.capabilities.includes("CAP_SYS_ADMIN"));
  t.ok(features.linux.capabilities.includes("CAP_CHECKPOINT_RESTORE"));
  t.equal(features.linux.cgroup.v1, true);
  t.equal(features.linux.seccomp.enabled, true);
  for (const action of ["ALLOW", "ERRNO", "KILL", "KILL_PROCESS", "KILL_THREAD", "LOG", "TRACE", "TRAP"])
    t.ok(features.linux.seccomp.actions.includes(`SCMP_ACT_${action}`), action);
  for (const operator of ["EQ", "GE", "GT", "LE", "LT", "MASKED_EQ", "NE"])
    t.ok(features.linux.seccomp.operators.includes(`SCMP_CMP_${operator}`), operator);
  t.ok(features.linux.seccomp.archs.includes("SCMP_ARCH_X86_64"));
});

test("spec writes a config.json that runs, read-only and without inheritable capabilities", async (t) => {
  const subject = container(t);
  const bundle = subject.folder("new");
  const { code, stderr } = await runt(["spec"], { cwd: bundle });
  t.equal(code, 0, stderr);
  const config: Config = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
  const process = config.process as { capabilities: Config; noNewPrivileges: boolean; terminal: boolean };
  t.match(config.ociVersion, /^1\.\d+\.\d+/);
  t.same(process.capabilities.inheritable ?? [], []);
  t.equal(process.noNewPrivileges, true);
  const changed = merge(config, {
    root: { path: sharedRootfs() },
    process: { terminal: false, args: ["sh", "-c", "echo runs; touch /x 2>/dev/null || echo read-only"] },
    linux: { cgroupsPath: cgroupsPathOf(subject.id) },
  });
  writeFileSync(join(bundle, "config.json"), JSON.stringify(changed));
  t.equal((await runt(["--root", subject.root, "run", "--bundle", bundle, subject.id])).stdout, "runs\nread-only\n");
});

test("spec --bundle writes there, and never over a config.json", async (t) => {
  const subject = container(t);
  const bundle = subject.folder("new");
  t.equal((await runt(["spec", "--bundle", bundle])).code, 0);
  const { mtimeMs } = statSync(join(bundle, "config.json"));
  const { code, stderr } = await runt(["spec", "--bundle", bundle]);
  t.not(code, 0);
  t.match(stderr, /config\.json.*exists/i);
  t.equal(statSync(join(bundle, "config.json")).mtimeMs, mtimeMs);
});

test("list without containers", async (t) => {
  const subject = container(t);
  mkdirSync(subject.root, { recursive: true });
  const table = await runt(["--root", subject.root, "list"]);
  t.match(table.stdout, /^ID +PID +STATUS +BUNDLE +CREATED +OWNER\n$/);
  t.equal((await runt(["--root", subject.root, "list", "--format", "json"])).stdout.trim(), "null");
  t.equal((await runt(["--root", subject.root, "list", "--quiet"])).stdout, "");
  const missing = await runt(["--root", join(subject.directory, "never-made"), "list"]);
  t.equal(missing.code, 0, "nor a state root");
  t.match(missing.stdout, /^ID/);
  t.notOk(existsSync(join(subject.directory, "never-made")));
});

test("list tells every container's state", async (t) => {
  const created = container(t, { process: { args: ["sleep", "60"] }, annotations: { a: "b" } });
  const running = container(t, { process: { args: ["sleep", "60"] } }, created.root);
  await created.create();
  await running.create();
  await running.start();
  const pids = new Map([created, running].map((one) => [one.id, one]));
  const json: {
    id: string;
    pid: number;
    status: string;
    bundle: string;
    created: string;
    owner: string;
    ociVersion: string;
  }[] = JSON.parse((await runt(["--root", created.root, "list", "--format", "json"])).stdout);
  t.same(json.map(({ id }) => id).sort(), [...pids.keys()].sort());
  for (const entry of json) {
    const state = await pids.get(entry.id)?.state();
    t.equal(entry.pid, state?.pid);
    t.equal(entry.status, entry.id === created.id ? "created" : "running");
    t.equal(entry.bundle, pids.get(entry.id)?.bundle);
    t.equal(entry.created, state?.created);
    t.equal(entry.owner, "root");
    t.match(entry.ociVersion, /^1\./);
  }
  const { stdout } = await runt(["--root", created.root, "list"]);
  for (const { id, pid, status, bundle } of json)
    t.match(stdout, new RegExp(`^${id} +${pid} +${status} +${bundle} +\\S+ +root$`, "m"));
  const quiet = await runt(["--root", created.root, "list", "-q"]);
  t.same(quiet.stdout.trim().split("\n").sort(), json.map(({ id }) => id).sort());
});

test("list passes over what is no container", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  await subject.create();
  mkdirSync(join(subject.root, "empty-folder"));
  writeFileSync(join(subject.root, "file"), "");
  const { code, stdout } = await runt(["--root", subject.root, "list", "--quiet"]);
  t.equal(code, 0);
  t.equal(stdout.trim(), subject.id);
  t.ok(list(subject.root).includes("file"));
});

test("commands on containers print nothing when they succeed", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  for (const answer of [
    await subject.create(),
    await subject.start(),
    await subject.kill("0"),
    await subject.delete("--force"),
  ]) {
    t.same([answer.code, answer.stdout, answer.stderr], [0, "", ""]);
  }
});

test("commands work without an environment, and from a directory that is gone", async (t) => {
  const subject = container(t, { process: { args: ["sleep", "60"] } });
  const options = { env: {}, launcher: ["/bin/sh", "-c", 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', "sh"] };
  t.equal((await subject.create([], { env: {} })).code, 0);
  for (const command of ["start", "state"]) t.equal((await subject.command(command, [], { env: {} })).code, 0, command);
  t.equal(
    (await subject.command("delete", ["--force"], { ...options, env: { PATH: "/bin" }, cwd: subject.directory })).code,
    0,
  );
});
