/** config.md § POSIX-platform Hooks: when, where and with what each of the six kinds runs. How they fail: hook-failures. */
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, MOUNTS } from "../support/bundle.ts";
import { type Options, PATH } from "../support/command.ts";
import { container } from "../support/container.ts";
import { HOOKS, type Hook, hook, withHooks } from "../support/hooks.ts";
import { read, readLink } from "../support/host.ts";
import { probe } from "../support/scratch.ts";

/** Takes the container through its whole life. @returns the lines that hooks and program wrote, with who wrote them */
async function life(t: Test, script: string, change: Config = {}, options: Options = {}): Promise<Map<string, string>> {
  const subject = container(t, (it) =>
    withHooks(it, (kind) => [hook(it, kind, `{ ${script}; } > "$LOG/${kind}" 2>&1`)], change),
  );
  t.equal((await subject.create([], options)).code, 0);
  const { pid } = await subject.state();
  const facts = new Map([
    ["pid", String(pid)],
    ["id", subject.id],
    ["bundle", subject.bundle],
  ]);
  for (const type of ["mnt", "pid", "net", "uts", "ipc"])
    facts.set(`init ${type}`, readLink(`/proc/${pid}/ns/${type}`));
  t.equal((await subject.start(options)).code, 0);
  await subject.kill("KILL");
  t.equal((await subject.command("delete", ["--force"], options)).code, 0);
  for (const kind of HOOKS) facts.set(kind, read(join(subject.directory, "log", kind)).trimEnd());
  return facts;
}

test("hooks run in the listed order, each kind at its moment", async (t) => {
  const say = (name: string) => `echo ${name} >> "$LOG/all"`;
  const subject = container(t, (it) =>
    withHooks(it, (kind) => [hook(it, kind, say(`${kind} 1`)), hook(it, kind, say(`${kind} 2`))], {
      process: { args: ["sh", "-c", "echo program >> /log/all; sleep 60"] },
    }),
  );
  const told = () => read(join(subject.directory, "log/all")).trim().split("\n");
  const twice = (...kinds: Hook[]) => kinds.flatMap((kind) => [`${kind} 1`, `${kind} 2`]);
  await subject.create();
  const created = twice("prestart", "createRuntime", "createContainer");
  t.same(told(), created, "create");
  await subject.start();
  // poststart runs after the program's execve; which of the two writes first is theirs.
  const afterwards = told().slice(8);
  t.same(told().slice(0, 8), [...created, ...twice("startContainer")], "start: before the program");
  t.same(
    afterwards.filter((line) => line !== "program"),
    twice("poststart"),
    "start: after the program's execve",
  );
  const before = told();
  await subject.kill("KILL");
  await subject.delete("--force");
  t.same(
    told().filter((line) => !before.includes(line) && line !== "program"),
    twice("poststop"),
    "delete",
  );
});

const STATUS = {
  prestart: "created",
  createRuntime: "created",
  createContainer: "created",
  startContainer: "created",
  poststart: "running",
  poststop: "stopped",
} as const;

test("every hook reads the container's state", async (t) => {
  const annotations = { "org.example.key": "value", other: "é" };
  const told = await life(t, "cat", { annotations });
  for (const kind of HOOKS) {
    const state = JSON.parse(told.get(kind) || "{}");
    t.equal(state.id, told.get("id"), `${kind}: id`);
    t.equal(state.bundle, told.get("bundle"), `${kind}: bundle`);
    t.equal(state.status, STATUS[kind], `${kind}: status`);
    t.same(state.annotations, annotations, `${kind}: annotations`);
    t.match(state.ociVersion, /^1\.\d+\.\d+/, `${kind}: ociVersion`);
    // The process as whoever reads it sees it.
    if (kind === "startContainer") t.equal(state.pid, 1, `${kind}: pid`);
    else if (kind !== "poststop" && kind !== "createContainer")
      t.equal(String(state.pid), told.get("pid"), `${kind}: pid`);
  }
});

test("createContainer hooks read the pid that they see", async (t) => {
  const told = await life(t, "cat");
  t.equal(JSON.parse(told.get("createContainer") || "{}").pid, 1);
});

const IN_CONTAINER: readonly Hook[] = ["createContainer", "startContainer"];

test("createContainer and startContainer hooks run in the container's namespaces, the others in the runtime's", async (t) => {
  const types = ["mnt", "pid", "net", "uts", "ipc"];
  const told = await life(t, `for ns in ${types.join(" ")}; do readlink /proc/self/ns/$ns; done`);
  for (const kind of HOOKS) {
    const expected = types.map((type) =>
      IN_CONTAINER.includes(kind) ? told.get(`init ${type}`) : readLink(`/proc/self/ns/${type}`),
    );
    // Before pivot_root /proc is still the host's, and has no entry for who is in another pid namespace.
    if (kind === "createContainer") t.match(told.get(kind), /^$|mnt/, kind);
    else t.same(told.get(kind)?.split("\n"), expected, kind);
  }
});

test("createContainer hooks run after all mounts, with the host's files still there", async (t) => {
  const script =
    '[ -e "$ROOTFS/tmp/marker" ] && echo mounted; [ -c "$ROOTFS/dev/null" ] && echo devices; [ -d "$LOG" ] && echo host';
  const subject = container(t, (it) => {
    const root = it.ownRootfs();
    const own = hook(it, "createContainer", `{ ${script}; } > "$LOG/told"`);
    const volume = it.folder("volume/marker") && {
      destination: "/tmp",
      source: join(it.directory, "volume"),
      options: ["bind"],
    };
    const env = [...own.env, `ROOTFS=${it.rootfs}`];
    return withHooks(it, (kind) => (kind === "createContainer" ? [{ ...own, env }] : []), {
      root,
      mounts: [...MOUNTS, volume],
    });
  });
  t.equal((await subject.create()).code, 0);
  t.equal(read(join(subject.directory, "log/told")), "mounted\ndevices\nhost\n");
});

test("a prestart hook can set up the container's network", async (t) => {
  const script = `pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/'); nsenter -t "$pid" -n ${join(probe(), "../busybox")} ip link set lo up`;
  const subject = container(t, (it) =>
    withHooks(it, (kind) => (kind === "prestart" ? [hook(it, kind, `tr -d '\\n' | { ${script}; }`)] : []), {
      process: { args: ["sh", "-c", "ip link show lo; sleep 60"] },
    }),
  );
  const { code, stderr } = await subject.create();
  t.equal(code, 0, stderr);
  await subject.start();
  await subject.kill("KILL");
  t.match(subject.stdout, /LOOPBACK,UP/);
});

test("a hook has the environment and arguments of its own entry only", async (t) => {
  const caller = { PATH, SECRET: "of the caller" };
  const subject = container(t, (it) =>
    withHooks(
      it,
      (kind) => {
        // A createContainer hook sees the host's /proc, and by a number that is another process's there.
        const { path, args, env } = hook(it, kind, `cat /proc/$$/environ /proc/$$/cmdline > "$LOG/${kind}"; true`);
        return [{ path, args: [...args, "last argument"], env: [...env, "A=1"] }];
      },
      { process: { args: ["sleep", "60"], env: [`PATH=${PATH}`, "LD_PRELOAD=/container.so"] } },
    ),
  );
  const options = { env: caller };
  const created = await subject.create([], options);
  t.equal(created.code, 0, created.stderr);
  const { code, stderr } = await subject.start(options);
  t.equal(code, 0, stderr);
  await subject.command("delete", ["--force"], options);
  for (const kind of HOOKS.filter((name) => name !== "createContainer")) {
    const text = readFileSync(join(subject.directory, "log", kind), "utf8").split("\0");
    const log = kind === "startContainer" ? "/log" : join(subject.directory, "log");
    t.same(text.slice(0, 3), [`LOG=${log}`, `PATH=${PATH}`, "A=1"], `${kind}: env`);
    t.same(text.slice(3, 5), ["sh", "-c"], `${kind}: args`);
    t.equal(text.at(-2), "last argument", `${kind}: last of args`);
  }
});

test("a hook without env has none, and without args its path", async (t) => {
  const subject = container(t, (it) => ({ hooks: { createRuntime: [{ path: join(it.folder("log"), "hook") }] } }));
  const file = join(subject.directory, "log/hook");
  writeFileSync(file, `#!/bin/sh\ncat /proc/$$/environ > ${file}.env\necho "$0" > ${file}.name\n`, { mode: 0o755 });
  t.equal((await subject.create([], { env: { PATH, SECRET: "x" } })).code, 0);
  t.equal(read(`${file}.env`), "");
  t.equal(read(`${file}.name`).trim(), file);
});

test("a hook inherits no descriptor but its streams", async (t) => {
  const program = probe();
  const leaked = openSync("/", "r");
  const script = `[ -x ${program} ] && exec ${program} fds; exec /bin/probe fds`;
  const told = await life(t, script, {}, { descriptors: [leaked, leaked] });
  closeSync(leaked);
  for (const kind of HOOKS) {
    const fds = told
      .get(kind)
      ?.split("\n")
      .map((line) => line.split(" ")[0]);
    // The log that the hook itself opened is stdout and stderr.
    t.same(fds, ["0", "1", "2"], kind);
  }
});

test("hooks of the runtime's namespaces run in the bundle", async (t) => {
  const told = await life(t, "pwd");
  for (const kind of ["prestart", "createRuntime", "poststart", "poststop"] as const)
    t.equal(told.get(kind), told.get("bundle"), kind);
});

test("annotations name the files that what hooks print is added to", async (t) => {
  const subject = container(t, (it) => {
    const says = (kind: Hook) => [hook(it, kind, `echo ${kind} out; echo ${kind} err >&2`)];
    const [out, err] = ["out", "err"].map((name) => join(it.directory, name));
    return withHooks(it, says, { annotations: { "run.oci.hooks.stdout": out, "run.oci.hooks.stderr": err } });
  });
  await subject.create();
  await subject.start();
  await subject.delete("--force");
  const told = (name: string) => read(join(subject.directory, name)).trim().split("\n");
  t.same(
    told("out"),
    HOOKS.map((kind) => `${kind} out`),
  );
  t.same(
    told("err"),
    HOOKS.map((kind) => `${kind} err`),
  );
});

test("a hook that fails still tells what has no file of its own; a file that can't be opened fails create", async (t) => {
  const failing = (annotations: Config) =>
    container(t, (it) =>
      withHooks(it, (kind) => (kind === "createRuntime" ? [hook(it, kind, "echo out; echo err >&2; exit 3")] : []), {
        annotations,
      }),
    );
  const [one, other] = [
    failing({ "run.oci.hooks.stdout": "/dev/null" }),
    failing({ "run.oci.hooks.stdout": "/no/such/file" }),
  ];
  t.match((await one.create()).stderr, /ended with code 3, and printed "err"/);
  t.match((await other.create()).stderr, /annotation run.oci.hooks.stdout names: .*ENOENT/);
});
