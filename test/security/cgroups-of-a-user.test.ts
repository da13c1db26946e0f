/**
 * CVE-2023-25809: a container without a cgroup namespace sees cgroups that belong to the user who made it, and could write to them. The
 * user's are given here for the purpose, and everything that is there in the container is tried.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { type Config, capable, merge } from "../support/bundle.ts";
import { delegated } from "../support/delegated.ts";
import { alive, cgroupsNamed, until } from "../support/host.ts";
import { GRANTED, USER, unprivileged } from "../support/unprivileged.ts";

/** Each directory and each file below /sys/fs/cgroup that something can be made or written in. */
const TRY = `cd /sys/fs/cgroup
find . | wc -l
find . -type d | while read d; do mkdir "$d/evil" 2>/dev/null && echo "made $d/evil"; done
find . -type f | while read f; do (: >> "$f") 2>/dev/null && echo "opened $f"; done
find . -name cgroup.procs | while read f; do (echo 0 > "$f") 2>/dev/null && echo "entered $f"; done
mount -o remount,bind,rw /sys/fs/cgroup 2>/dev/null && echo "remounted"
true`;

const SYS = { destination: "/sys", type: "none", source: "/sys" };
const CGROUP = { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "rw"] };

const MOUNTS: readonly { what: string; mounts: readonly Config[]; namespace?: boolean }[] = [
  { what: "a mount of cgroups", mounts: [{ ...SYS, options: ["rbind", "ro"] }, CGROUP] },
  { what: "a bind mount of /sys", mounts: [{ ...SYS, options: ["rbind", "rw"] }] },
  {
    what: "a bind mount of /sys/fs/cgroup",
    mounts: [
      { ...SYS, options: ["rbind", "ro"] },
      { destination: "/sys/fs/cgroup", source: "/sys/fs/cgroup", options: ["rbind", "rw"] },
    ],
  },
  {
    what: "a bind mount of /sys/fs",
    mounts: [
      { ...SYS, options: ["rbind", "ro"] },
      { destination: "/sys/fs/cgroup", source: "/sys/fs", options: ["rbind", "rw"] },
    ],
  },
];

/** A container of the user's in the user's own cgroup, and what it could do. */
async function attempt(t: Parameters<typeof delegated>[0], mounts: readonly Config[], namespace: boolean) {
  const { name, directories, enter } = delegated(t);
  const { subject, runt, by, configure } = await unprivileged(t, enter);
  // Otherwise the test would show nothing.
  const outside = await by([
    "sh",
    "-c",
    `for d in ${directories.join(" ")}; do mkdir $d/x && rmdir $d/x && echo writable; done`,
  ]);
  t.match(outside.stdout, /^writable$/m, outside.stderr);
  configure((config) => {
    const kept = (config.mounts as Config[]).filter(({ destination }) => !String(destination).startsWith("/sys"));
    const linux = config.linux as Config & { namespaces: Config[] };
    const namespaces = linux.namespaces.filter(({ type }) => type !== "cgroup");
    return merge(config, {
      process: { terminal: false, args: ["sh", "-c", TRY] },
      mounts: [...kept, ...mounts],
      linux: { cgroupsPath: `/${name}/it`, namespaces: namespace ? [...namespaces, { type: "cgroup" }] : namespaces },
    });
  });
  const { code, stdout, stderr } = await runt("run", subject.id);
  t.equal(code, 0, stderr);
  const [count, ...done] = stdout.trim().split("\n");
  t.ok(Number(count) > 10, `${count} files are seen`);
  t.notOk(directories.some((directory) => existsSync(join(directory, "evil"))));
  return done;
}

for (const { what, mounts } of MOUNTS) {
  test(`the user's cgroups can't be written through ${what}`, async (t) => t.same(await attempt(t, mounts, false), []));
}

test("in a cgroup namespace the container's own can", async (t) => {
  const mounts = [{ ...SYS, options: ["rbind", "ro"] }, CGROUP];
  t.match((await attempt(t, mounts, true)).join("\n"), /made .*evil/);
});

test("cgroups that the container has given to ids of its own keep the user from nothing", async (t) => {
  const { name, enter } = delegated(t);
  const { subject, runt, configure } = await unprivileged(t, enter);
  const script = `cd /sys/fs/cgroup; for d in . *; do [ ! -e $d/cgroup.procs ] || mkdir $d/evil; done
    chmod 0 evil */evil 2>/dev/null; chown 7:7 evil */evil 2>/dev/null; ls -ld evil */evil 2>/dev/null; exec sleep 60`;
  const ids = [
    { containerID: 0, hostID: USER, size: 1 },
    { containerID: 1, hostID: GRANTED, size: 100 },
  ];
  configure((config) => {
    const kept = (config.mounts as Config[]).filter(({ destination }) => !String(destination).startsWith("/sys"));
    const linux = config.linux as Config & { namespaces: Config[] };
    return merge(config, {
      process: { terminal: false, args: ["sh", "-c", script], capabilities: capable("CAP_CHOWN", "CAP_FOWNER") },
      mounts: [...kept, { ...SYS, options: ["rbind", "ro"] }, CGROUP],
      linux: {
        cgroupsPath: `/${name}/it`,
        namespaces: [...linux.namespaces.filter(({ type }) => type !== "cgroup"), { type: "cgroup" }],
        uidMappings: ids,
        gidMappings: ids,
      },
    });
  });
  t.equal((await runt("run", "--detach", subject.id)).code, 0);
  const path = cgroupsNamed(name).find((each) => each.endsWith("/it")) as string;
  await until(
    "it has given them away",
    () => statSync(join(path, "evil"), { throwIfNoEntry: false })?.uid === GRANTED + 6,
  );
  const { pid } = JSON.parse((await runt("state", subject.id)).stdout);
  const killed = await runt("kill", "--all", subject.id, "KILL");
  t.equal(killed.code, 0, killed.stderr);
  await until("it has died", () => !alive(pid));
  const { code, stderr } = await runt("delete", "--force", subject.id);
  t.equal(code, 0, stderr);
  t.same(
    cgroupsNamed(name).filter((each) => each.includes("/it")),
    [],
  );
});
