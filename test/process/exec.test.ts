/** `exec`: another program in a container, as the container's own would be but for what is asked for. */
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { engineConfigs } from "../config/support.ts";
import { capable, NAMESPACES } from "../support/bundle.ts";
import { PATH } from "../support/command.ts";
import { type Container, container, running } from "../support/container.ts";
import { cgroupsNamed, processesIn, read, until } from "../support/host.ts";

const shell = async (subject: Container, script: string, flags: readonly string[] = []) => {
  const { code, stdout, stderr } = await subject.exec(["sh", "-c", script], flags);
  if (code !== 0) throw new Error(`${code}: ${stderr}`);
  return stdout.replace(/\n$/, "");
};

test("a program runs in the container's namespaces and cgroups", async (t) => {
  const subject = await running(t);
  const namespaces = "for each in cgroup ipc mnt net pid user uts; do readlink /proc/$1/ns/$each; done";
  t.equal(await shell(subject, namespaces.replace("$1", "self")), await shell(subject, namespaces.replace("$1", "1")));
  t.equal(await shell(subject, "cat /proc/self/cgroup"), await shell(subject, "cat /proc/1/cgroup"));
  t.match(await shell(subject, "hostname"), "runt");
  const started = await subject.exec(["sleep", "1000"], ["--detach"]);
  t.equal(started.code, 0);
  for (const cgroup of cgroupsNamed(subject.id)) t.equal(processesIn(cgroup).length, 2, cgroup);
});

test("limits beyond 2^53 are kept for it", async (t) => {
  const unlimited = { type: "RLIMIT_CPU", soft: 9007199254740993n, hard: 18446744073709551615n };
  const subject = await running(t, { process: { rlimits: [unlimited] } });
  const limits = await shell(subject, "cat /proc/self/limits");
  t.match(limits, /^Max cpu time +9007199254740993 +unlimited/m);
});

test("it is not the container's program that is run, and its environment, user and limits are the container's", async (t) => {
  const subject = await running(t, {
    process: {
      cwd: "/tmp",
      user: { uid: 1000, gid: 1001, additionalGids: [1002], umask: 0o27 },
      env: [`PATH=${PATH}`, "MINE=yes"],
      rlimits: [{ type: "RLIMIT_CORE", soft: 1, hard: 2 }],
      noNewPrivileges: true,
    },
  });
  const script = "pwd; id -u; id -g; id -G; umask; echo $MINE; grep -E 'NoNewPrivs|CapBnd' /proc/self/status";
  const told = (await shell(subject, script)).split("\n");
  t.same(told.slice(0, 6), ["/tmp", "1000", "1001", "1001 1002", "0027", "yes"]);
  t.match(told.slice(6).join(), /CapBnd:\s+0*20000420,NoNewPrivs:\s+1/);
  t.match(await shell(subject, "cat /proc/self/limits"), /core file size\s+1\s+2\s/);
});

/** Rows of: flags, a script, and what it prints. */
const FLAGS: readonly [flags: string[], script: string, prints: RegExp | string][] = [
  [["--cwd", "/etc"], "pwd", "/etc"],
  [["--env", "A=b c", "-e", "D=e"], 'echo "$A $D"', "b c e"],
  [["--env", `PATH=${PATH}:/x`], "echo $PATH", `${PATH}:/x`],
  [["--user", "1000"], "id -u; id -g", "1000\n0"],
  [["-u", "1000:1001"], "id -u; id -g", "1000\n1001"],
  [["--additional-gids", "5", "-g", "6"], "id -G", "0 5 6"],
  [
    ["--cap", "CAP_SYS_TIME"],
    "grep Cap /proc/self/status",
    /CapInh:\s+0+\nCapPrm:\s+0*22000420\nCapEff:\s+0*22000420\nCapBnd:\s+0*22000420\nCapAmb:\s+0+$/,
  ],
  [["--no-new-privs"], "grep NoNewPrivs /proc/self/status", /1$/],
  [[], "grep NoNewPrivs /proc/self/status", /0$/],
];

test("flags go over what the container has", async (t) => {
  const subject = await running(t, {
    process: {
      noNewPrivileges: false,
      capabilities: { ...capable("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"), inheritable: [] },
    },
  });
  for (const [flags, script, prints] of FLAGS) t.match(await shell(subject, script, flags), prints, flags.join(" "));
});

test("a process file says it all", async (t) => {
  const subject = await running(t, { process: { env: [`PATH=${PATH}`, "MINE=yes"] } });
  const file = join(subject.directory, "process.json");
  const process = {
    args: ["sh", "-c", "pwd; id -u; echo $B; exit 9"],
    cwd: "/tmp",
    user: { uid: 3, gid: 4 },
    env: [`PATH=${PATH}`, "B=c"],
  };
  writeFileSync(file, JSON.stringify(process));
  t.match(await subject.exec([], ["--process", file]), { code: 9, stdout: "/tmp\n3\nc\n" });
  t.match(await subject.exec(["pwd"], ["-p", file, "--cwd", "/etc"]), { code: 0, stdout: "/etc\n" });
  writeFileSync(file, JSON.stringify({ ...process, cwd: "tmp" }));
  const wrong = await subject.exec([], ["--process", file]);
  t.equal(wrong.code, 255);
  t.match(wrong.stderr, /process\.json:1:\d+: \/cwd must/);
  const missing = await subject.exec([], ["--process", `${file}.not`]);
  t.match(missing, { code: 255, stderr: /no such file/ });
});

test("the exit status is the program's, 128 and more after a signal", async (t) => {
  const subject = await running(t);
  for (const code of [0, 1, 7, 255]) t.equal((await subject.exec(["sh", "-c", `exit ${code}`])).code, code);
  t.equal((await subject.exec(["sh", "-c", "kill -KILL $$"])).code, 137);
  t.equal((await subject.exec(["sh", "-c", "kill -TERM $$"])).code, 143);
});

/** Rows of: flags and a command that can't be, and the words that engines look for. */
const FAILURES: readonly [command: string[], flags: string[], says: RegExp][] = [
  [["nope"], [], /exec: "nope": executable file not found in \$PATH/],
  [["/nope"], [], /exec: "\/nope": .*no such file or directory/],
  [["/etc/passwd"], [], /exec: "\/etc\/passwd": .*permission denied/],
  [["/etc"], [], /exec: "\/etc": is a directory: .*permission denied/],
  [["true"], ["--cwd", "/nope"], /chdir to cwd "\/nope": .*no such file or directory/],
  [["true"], ["--cwd", "/etc/passwd"], /chdir to cwd .*not a directory/],
  [["true"], ["--user", "root"], /bad uid "root"/],
  [["true"], ["--cap", "CAP_FLY"], /unknown capability/],
  [["true"], ["--cgroup", "nope"], /no such file or directory/],
  [["true"], ["--cgroup", "../nope"], /leads out/],
  [["true"], ["--detach", "--tty"], /cannot allocate tty if runt will detach without setting console socket/],
  [["true"], ["--console-socket", "/nope"], /cannot use console socket/],
  [["true"], ["--tty", "--console-socket", "/nope"], /connect to the console socket/],
  [["true"], ["--pid-file", "/nope/pid"], /write the pid file .*no such file or directory/],
  [[], [], /process args cannot be empty/],
];

test("a set-up that fails answers 255, says why, and leaves nothing", async (t) => {
  const subject = await running(t);
  for (const [command, flags, says] of FAILURES) {
    const result = await subject.exec(command, flags);
    t.match(result, { code: 255, stdout: "", stderr: says }, [...flags, ...command].join(" "));
    t.match(result.stderr, /^exec failed: /);
  }
  for (const cgroup of cgroupsNamed(subject.id)) t.equal(processesIn(cgroup).length, 1, cgroup);
});

test("--detach returns when the program has been executed, and not without", async (t) => {
  const subject = await running(t, (own) => ({ root: own.ownRootfs() }));
  const pidFile = join(subject.directory, "exec.pid");
  t.match(await subject.exec(["sleep", "1000"], ["--detach", "--pid-file", pidFile]), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  const pid = Number(readFileSync(pidFile, "utf8"));
  t.equal(read(`/proc/${pid}/cmdline`), "sleep\x001000\0");
  t.match(await subject.exec(["nope"], ["-d"]), { code: 255, stderr: /executable file not found/ });
  // Executable, but no program: only execve can tell.
  t.match(await subject.exec(["sh", "-c", "printf x > /tmp/x; chmod +x /tmp/x"]), { code: 0 });
  t.match(await subject.exec(["/tmp/x"], ["-d"]), { code: 255, stderr: /exec: "\/tmp\/x": execve.*ENOEXEC/ });
});

test("a created container takes it, a stopped one and one that is not there do not", async (t) => {
  const subject = container(t);
  t.match(await subject.exec(["true"]), { code: 255, stderr: "exec failed: container does not exist\n" });
  t.equal((await subject.create()).code, 0);
  t.match(await subject.exec(["sh", "-c", "echo $$; cat /proc/1/comm; exit 3"]), { code: 3 });
  t.equal((await subject.state()).status, "created");
  t.equal((await subject.start()).code, 0);
  await until("it ends", async () => (await subject.state()).status === "stopped");
  t.match(await subject.exec(["true"]), { code: 255, stderr: "exec failed: cannot exec in a stopped container\n" });
});

test("what the bundle has become since is of no account", async (t) => {
  const subject = await running(t, { process: { env: [`PATH=${PATH}`, "MINE=yes"] } });
  writeFileSync(join(subject.bundle, "config.json"), "{}");
  t.equal(await shell(subject, "echo $MINE"), "yes");
});

test("streams are the caller's, descriptors only those asked for", async (t) => {
  const subject = await running(t);
  const leaked = [openSync("/", "r"), openSync("/etc/hostname", "r"), openSync("/etc", "r")];
  const fds = async (flags: string[]) => {
    const { stdout } = await subject.exec(["/bin/probe", "fds"], flags, { descriptors: leaked });
    return stdout
      .trim()
      .split("\n")
      .map((line) => Number(line.split(" ")[0]));
  };
  t.same(await fds([]), [0, 1, 2]);
  t.same(await fds(["--preserve-fds", "2"]), [0, 1, 2, 3, 4]);
  const { stdout, stderr } = await subject.exec(["sh", "-c", "cat; echo error >&2"], [], { stdin: "in\n" });
  t.same([stdout, stderr], ["in\n", "error\n"]);
  for (const fd of leaked) closeSync(fd);
});

test("the container's seccomp filter holds for it", async (t) => {
  const seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95 }],
  };
  for (const noNewPrivileges of [true, false]) {
    const subject = await running(t, { process: { noNewPrivileges }, linux: { seccomp } });
    t.equal(await shell(subject, "grep '^Seccomp:' /proc/self/status"), "Seccomp:\t2");
    t.match(await subject.exec(["mkdir", "/tmp/x"]), { code: 1, stderr: /not supported/ });
  }
});

test("a filter that kills execve is told, also in the background", async (t) => {
  const seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["execve"], action: "SCMP_ACT_KILL_PROCESS" }],
  };
  const subject = container(t, { linux: { seccomp } });
  t.equal((await subject.create()).code, 0);
  for (const flags of [[], ["--detach"]]) {
    t.match(await subject.exec(["true"], flags), {
      code: 255,
      stderr: /was killed by signal 31 before it had executed/,
    });
  }
});

test("HOME is that of the user in the container's passwd", async (t) => {
  const subject = await running(t, (own) => ({ root: own.ownRootfs() }));
  writeFileSync(
    join(subject.rootfs, "etc/passwd"),
    "root:x:0:0::/rooty:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n",
  );
  t.equal(await shell(subject, "echo $HOME"), "/rooty");
  t.equal(await shell(subject, "echo $HOME", ["--user", "1000"]), "/home/user");
  t.equal(await shell(subject, "echo $HOME", ["--user", "1001"]), "/");
});

test("a container with a user namespace is joined in it", async (t) => {
  const mappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  const subject = await running(t, {
    process: { rlimits: [{ type: "RLIMIT_CORE", soft: 1, hard: 2 }] },
    linux: { namespaces: [...NAMESPACES, { type: "user" }], uidMappings: mappings, gidMappings: mappings },
  });
  t.equal(await shell(subject, "readlink /proc/self/ns/user"), await shell(subject, "readlink /proc/1/ns/user"));
  t.match(await shell(subject, "cat /proc/self/uid_map"), /^\s*0\s+100000\s+65536$/);
  t.equal(await shell(subject, "id -u; id -g", ["--user", "5:6"]), "5\n6");
  t.match(await shell(subject, "cat /proc/self/limits"), /core file size\s+1\s+2\s/);
  t.match(await subject.exec(["true"], ["--user", "70000"]), { code: 255, stderr: /set the user to 70000/ });
});

test("a kernel that joins no namespaces by pidfd has them joined one by one", async (t) => {
  const subject = await running(t);
  const launcher = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=setns:error=EINVAL:when=1"];
  const links = "for each in ipc mnt net pid uts cgroup; do readlink /proc/$1/ns/$each; done";
  const { stdout, stderr } = await subject.exec(["sh", "-c", links.replace("$1", "self")], [], { launcher });
  t.equal(stdout.trim(), await shell(subject, links.replace("$1", "1")), stderr);
});

test("execCPUAffinity binds it", async (t) => {
  const subject = await running(t, { process: { execCPUAffinity: { initial: "0", final: "0" } } });
  t.match(await shell(subject, "grep Cpus_allowed_list /proc/self/status"), /\t0$/);
});

for (const { name, text } of engineConfigs().filter(({ name }) => name.endsWith("exec-process.json"))) {
  test(`${name}: what an engine asks for is what it gets`, async (t) => {
    const subject = await running(t, { process: { noNewPrivileges: false } });
    const file = join(subject.directory, "process.json");
    const process = JSON.parse(text);
    writeFileSync(file, JSON.stringify({ ...process, args: ["sh", "-c", "id -u; id -g; id -G; echo $PATH; exit 3"] }));
    const { uid, gid, additionalGids = [] } = process.user;
    const groups = [...new Set([gid, ...additionalGids])].join(" ");
    const flags = ["--process", file, "--pid-file", join(subject.directory, "pid")];
    const { code, stdout, stderr } = await subject.exec([], flags);
    t.same({ code, stdout }, { code: 3, stdout: `${uid}\n${gid}\n${groups}\n${PATH}\n` }, stderr);
    t.match(await subject.exec([], [...flags, "--detach"]), { code: 0 });
  });
}
