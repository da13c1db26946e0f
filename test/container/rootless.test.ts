/** A user without rights runs containers: each command, the ids that may be mapped, and what can't be had, by its name. */
import { chownSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { type Config, merge } from "../support/bundle.ts";
import { alive, read, status, until } from "../support/host.ts";
import { GRANTED, USER, unprivileged } from "../support/unprivileged.ts";

/** What the program of the container is, and how its config.json differs besides. */
const runs =
  (script: string, change: Config = {}) =>
  (config: Config): Config =>
    merge(
      merge(config, { process: { terminal: false, args: ["sh", "-c", script] }, root: { readonly: false } }),
      change,
    );

const RANGES = [
  { containerID: 0, hostID: USER, size: 1 },
  { containerID: 1, hostID: GRANTED, size: 100 },
];

const MANY: Config = { linux: { uidMappings: RANGES, gidMappings: RANGES } };

test("spec --rootless gives a bundle that runs", async (t) => {
  const { subject, home, runt, configure } = await unprivileged(t);
  const script = [
    "id -u; cat /proc/self/uid_map /proc/self/setgroups; echo $$; hostname; touch /tmp/made",
    "for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done; echo x > /dev/null",
    "stat -c %u:%n /dev /dev/pts /dev/shm /dev/mqueue",
    "find /sys/fs/cgroup -name cgroup.procs -exec sh -c 'echo 0 > {} && echo {} can be written' \\; 2>/dev/null | head -1",
  ];
  configure(runs(script.join("\n")));
  const { code, stdout, stderr } = await runt("run", subject.id);
  t.equal(code, 0, stderr);
  t.same(
    stdout.split("\n").map((line) => line.trim().replace(/ +/g, " ")),
    ["0", `0 ${USER} 1`, "deny", "1", "runt", "0:/dev", "0:/dev/pts", "0:/dev/shm", "0:/dev/mqueue", ""],
  );
  t.equal(statSync(join(home, "bundle/rootfs/tmp/made")).uid, USER);
  t.notOk(existsSync(join(home, "run/runt", subject.id)));
});

const WITHOUT_CGROUP: readonly (readonly [RegExp, ...string[]])[] = [
  [/made without a cgroup: its processes can't be told from others/, "ps"],
  [/made without a cgroup: it has no freezer/, "pause"],
  [/container not paused/, "resume"],
  [/made without a cgroup: there is nothing to limit it by/, "update", "--memory", "10000000"],
  [/made without a cgroup: what it uses is not counted/, "events", "--stats"],
  [/made without a cgroup: what it uses is not counted/, "events"],
];

test("each command works", async (t) => {
  const { subject, home, runt, configure } = await unprivileged(t);
  configure(runs("sleep 60"));
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await runt(...args);
    t.equal(code, 0, `${args[0]}: ${stderr}`);
    return stdout;
  };
  await ok("create", subject.id);
  t.ok(statSync(join(home, "run/runt", subject.id)).isDirectory(), "the state is below $XDG_RUNTIME_DIR");
  const { pid, status: now } = JSON.parse(await ok("state", subject.id));
  t.equal(now, "created");
  t.equal(status(read(`/proc/${pid}/status`), "Uid"), Array(4).fill(USER).join("\t"));
  await ok("start", subject.id);
  t.match(await ok("list"), new RegExp(`${subject.id} .*running .*runt-user`));
  t.equal(await ok("exec", subject.id, "sh", "-c", "id -u; hostname"), "0\nrunt\n");
  t.match(await ok("exec", "--tty", subject.id, "tty"), /\/dev\/pts\/0/);
  t.match(
    (await runt("exec", "--user", "5", subject.id, "id")).stderr,
    /set the user to 5: setresuid.*no mapping in the container's user namespace/,
  );
  // Without a cgroup, which the user may not make.
  for (const [says, ...args] of WITHOUT_CGROUP) {
    const { code, stdout, stderr } = await runt(...args, subject.id);
    t.same([code, stdout], [1, ""], args.join(" "));
    t.match(stderr, says);
  }
  await ok("kill", "--all", subject.id, "0");
  await ok("kill", subject.id, "KILL");
  await until("it has ended", () => !alive(pid));
  t.equal(JSON.parse(await ok("state", subject.id)).status, "stopped");
  await ok("delete", subject.id);
  await ok("run", "--detach", subject.id);
  await ok("delete", "--force", subject.id);
  t.same((await runt("state", subject.id)).code, 1);
});

test("ids that /etc/subuid grants are mapped by newuidmap", async (t) => {
  const { subject, runt, configure } = await unprivileged(t);
  const user = { uid: 5, gid: 6, additionalGids: [7, 8] };
  configure(
    runs(
      "cat /proc/self/status /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; sleep 0.1",
      merge(MANY, { process: { user } }),
    ),
  );
  const { code, stdout, stderr } = await runt("run", subject.id);
  t.equal(code, 0, stderr);
  t.equal(status(stdout, "Groups"), "7 8");
  const lines = stdout
    .split("\n")
    .slice(-6)
    .map((line) => line.trim().replace(/ +/g, " "));
  const map = [`0 ${USER} 1`, `1 ${GRANTED} 100`];
  t.same(lines, [...map, ...map, "allow", ""]);
});

const ALL = ["pid", "ipc", "uts", "mount", "user"].map((type) => ({ type }));

const REFUSED: readonly { what: string; change: Config; setUp?: string; says: RegExp }[] = [
  {
    what: "ids that are not granted",
    change: { linux: { uidMappings: [{ containerID: 0, hostID: 1, size: 5 }] } },
    says: /uid_map.*0 → 1 \(5\).*newuidmap.*not allowed.*\/etc\/subuid/,
  },
  {
    what: "group ids that are not granted",
    change: { linux: { gidMappings: [{ containerID: 0, hostID: 5, size: 5 }] } },
    says: /gid_map.*0 → 5 \(5\).*newgidmap.*not allowed.*\/etc\/subgid/,
  },
  {
    what: "ranges without the tool",
    change: MANY,
    setUp: "mount --bind /dev/null /usr/bin/newuidmap",
    says: /this takes \/usr\/bin\/newuidmap, of the package uidmap/,
  },
  {
    what: "additional groups of one's own map",
    change: { process: { user: { additionalGids: [0] } } },
    says: /set additional groups to \[0\].*the user namespace forbids it/,
  },
  {
    what: "a user that is not mapped",
    change: { process: { user: { uid: 1 } } },
    says: /\/process\/user\/uid must be an id of the container that \/linux\/uidMappings maps: it is 1/,
  },
  {
    what: "a cgroup of the host's",
    change: { linux: { cgroupsPath: "/runt-test-none" } },
    says: /cgroup.*(EACCES|EPERM)/,
  },
  {
    what: "a sysfs without a network namespace",
    change: { mounts: [{ destination: "/sys", type: "sysfs", source: "sysfs" }] },
    says: /mount sysfs on \/sys.*EPERM.*fully visible/,
  },
  {
    what: "a source that only others may reach",
    change: { mounts: [{ destination: "/mnt", source: "/root/.", options: ["bind"] }] },
    says: /open the source of \/root\/\. on \/mnt.*open_tree.*EACCES|\/root\/\..*EACCES/,
  },
  {
    what: "the network namespace of somebody else",
    change: { linux: { namespaces: [...ALL, { type: "network", path: "/proc/1/ns/net" }] } },
    says: /\/proc\/1\/ns\/net.*(EACCES|EPERM)/,
  },
  {
    what: "a device that is made",
    change: { linux: { devices: [{ path: "/dev/made", type: "c", major: 1, minor: 3 }] } },
    says: /open the host's device \/dev\/made.*ENOENT/,
  },
  {
    what: "a lower chance to be killed",
    change: { process: { oomScoreAdj: -1000 } },
    says: /oom_score_adj to -1000.*EACCES/,
  },
];

for (const { what, change, setUp, says } of REFUSED) {
  test(`refused by its name: ${what}`, async (t) => {
    const { subject, home, runt, configure } = await unprivileged(t, setUp);
    configure(runs("true", change));
    const { code, stderr } = await runt("create", subject.id);
    t.equal(code, 1);
    t.match(stderr, says);
    t.notOk(existsSync(join(home, "run/runt", subject.id)), "no state is left");
  });
}

test("where user namespaces are forbidden, the limit is named", async (t) => {
  const { subject, by, configure } = await unprivileged(t);
  configure(runs("true"));
  const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"';
  const { code, stderr } = await by(["unshare", "-r", "sh", "-c", forbid, "sh"], "create", subject.id);
  t.equal(code, 1);
  t.match(stderr, /create the container's first process: clone3.*ENOSPC.*limit in \/proc\/sys\/user is reached/);
});

test("limits can be lowered, and only root's raised", async (t) => {
  const { subject, runt, configure } = await unprivileged(t);
  const rlimit = (hard: number) => ({ process: { rlimits: [{ type: "RLIMIT_NOFILE", soft: 100, hard }] } });
  configure(runs("ulimit -n", rlimit(200)));
  t.equal((await runt("run", subject.id)).stdout, "100\n");
  configure(runs("ulimit -n", rlimit(2 ** 31)));
  t.match((await runt("run", subject.id)).stderr, /RLIMIT_NOFILE to 100:2147483648.*EPERM/);
});

test("tmpcopyup of what the user may not read is an error, and not an empty tmpfs", async (t) => {
  const { subject, home, runt, configure } = await unprivileged(t);
  const closed = join(home, "bundle/rootfs/srv/closed");
  mkdirSync(closed, { mode: 0o700 });
  chownSync(closed, 0, 0);
  const tmpfs = { destination: "/srv", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"] };
  configure((config) => runs("true", { mounts: [...(config.mounts as Config[]), tmpfs] })(config));
  const { code, stderr } = await runt("run", subject.id);
  t.equal(code, 1);
  t.match(stderr, /tmpcopyup: .*"closed".*permission denied/);
});
