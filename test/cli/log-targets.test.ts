/** --log: where what went wrong is told, and how, by the command as engines call it. */
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Test, test } from "tap";
import { listener } from "../support/background.ts";
import { runt } from "../support/command.ts";
import { read } from "../support/host.ts";
import { probe, scratch, uniqueName } from "../support/scratch.ts";

function folder(): string {
  const path = join(scratch, uniqueName());
  mkdirSync(path);
  return path;
}

const GONE = ["--root", "/nonexistent", "state", "nobody"];

test("a file gets one line of JSON that says what standard error says", async (t) => {
  const file = join(folder(), "log");
  const { code, stderr } = await runt(["--log", file, "--log-format", "json", ...GONE]);
  t.equal(code, 1);
  const { level, msg, time } = JSON.parse(read(file));
  t.equal(level, "error");
  t.equal(`${msg}\n`, stderr);
  t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
});

test("a relative path is the caller's, although the command enters the bundle", async (t) => {
  const [here, bundle] = [folder(), folder()];
  await runt(["--root", join(here, "state"), "--log", "log", "create", "--bundle", bundle, "x"], { cwd: here });
  t.match(read(join(here, "log")), /level=error msg="runt create failed: /);
  t.notOk(existsSync(join(bundle, "log")));
});

test("debug messages go into the log as lines of their own", async (t) => {
  const file = join(folder(), "log");
  await runt(["--debug", "--log", `file:${file}`, "--log-format", "json", ...GONE]);
  const levels = read(file)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).level);
  t.ok(levels.length > 1);
  t.equal(levels.at(-1), "error");
  t.ok(levels.slice(0, -1).every((level) => level === "debug"));
});

/** Runs the command where the service's socket, `path` in the directory `top`, is one of ours. */
async function atService(t: Test, top: string, path: string, ...args: string[]) {
  const directory = folder();
  const service = await listener(t, [probe(), "manager", join(directory, "socket")]);
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  symlinkSync(join(directory, "socket"), join(directory, path));
  const launcher = ["unshare", "--mount", "sh", "-c", `mount --bind ${directory} ${top} && exec "$@"`, "sh"];
  return { ...(await runt([...args, ...GONE], { launcher })), service };
}

test("journald:NAME", async (t) => {
  const { service, stderr } = await atService(t, "/run", "systemd/journal/socket", "--log", "journald:engine");
  t.match(stderr, /^container does not exist/);
  await service.says(/container does not exist/);
  t.match(service.stdout, /^PRIORITY=3 SYSLOG_IDENTIFIER=engine MESSAGE /);
});

test("syslog:NAME", async (t) => {
  const { service, stderr } = await atService(t, "/dev", "log", "--log", "syslog:engine", "--log-format", "json");
  t.match(stderr, /^container does not exist/);
  await service.says(/container does not exist/);
  t.match(service.stdout, /^<11>\w{3} [ \d]\d \d\d:\d\d:\d\d engine\[\d+\]: container does not exist/);
});

test("a service that does not run: the error is told, and that it is not logged", async (t) => {
  const { code, stderr } = await runt(["--log", "journald:engine", ...GONE], {
    launcher: ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh"],
  });
  t.equal(code, 1);
  t.match(stderr, /^write the log: connect\(.*no such file or directory\ncontainer does not exist/);
});
