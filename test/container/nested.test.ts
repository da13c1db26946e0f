/** runt in runt in runt: each container makes the next one in a user namespace of that, as the host's root and as a user without rights. */
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { CAPABILITIES } from "../../lib/linux/capabilities.ts";
import { type Config, capable, MOUNTS, NAMESPACES, writeConfig } from "../support/bundle.ts";
import { type Result, RUNT } from "../support/command.ts";
import { container } from "../support/container.ts";
import { ownRootfs } from "../support/scratch.ts";
import { GRANTED, GRANTED_SIZE, USER, unprivileged } from "../support/unprivileged.ts";

type Range = readonly [containerID: number, hostID: number, size: number];

/** What its ids are in the container above, from the outermost to the innermost; undefined: no user namespace. */
type Levels = readonly [readonly Range[] | undefined, readonly Range[], readonly Range[]];

const INNERMOST = [
  "id -u; hostname; echo $$; cat /proc/self/uid_map",
  "stat -c %u:%g /dev /dev/pts /dev/shm /tmp; touch /tmp/made && echo made; echo x > /dev/null",
];

/** All that can be done to a container. */
const LIFE = [
  "set -e",
  "runt create --bundle /inner --config /inner/life.json life",
  "runt state life | grep status; runt start life",
  "runt exec life sh -c 'echo exec $(id -u) in $(hostname)'; runt list -q",
  "runt kill life KILL; until runt state life | grep -q stopped; do sleep 0.1; done",
  "runt delete life; runt list -q; ls -A /run/runt",
];
const LIVED = ['"status": "created",', "exec 0 in level-3", "life"];

// Not on every machine does root have all of them.
const RIGHTS = Object.keys(CAPABILITIES).filter((name) => name !== "CAP_SYS_RESOURCE");

/** A container that can make one. @param runtime what is to be at /bin/runt */
function level(
  hostname: string,
  script: readonly string[],
  ranges: readonly Range[] | undefined,
  runtime: string,
): Config {
  const mappings = ranges?.map(([containerID, hostID, size]) => ({ containerID, hostID, size }));
  return {
    ociVersion: "1.2.0",
    process: {
      user: { uid: 0, gid: 0 },
      args: ["sh", "-c", script.join("\n")],
      env: ["PATH=/bin"],
      cwd: "/",
      capabilities: capable(...RIGHTS),
    },
    root: { path: "rootfs" },
    hostname,
    mounts: [
      ...MOUNTS.map((mount) => (mount.type === "devpts" ? { ...mount, options: ["newinstance"] } : mount)),
      { destination: "/run", type: "tmpfs", source: "tmpfs" },
      { destination: "/tmp", type: "tmpfs", source: "tmpfs" },
      // The host's root is not let do without cgroups.
      ...(ranges === undefined ? [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" }] : []),
      { destination: "/bin/runt", type: "none", source: runtime, options: ["bind", "ro"] },
    ],
    linux: mappings
      ? { namespaces: [...NAMESPACES, { type: "user" }], uidMappings: mappings, gidMappings: mappings }
      : { namespaces: NAMESPACES },
  };
}

/** The bundles of the inner containers, each in the root of the one above. @returns the outermost config */
function nest(rootfs: string, [first, second, third]: Levels, runtime: string): Config {
  const inner = (root: string): string => {
    writeFileSync(join(root, "bin/runt"), "");
    mkdirSync(join(root, "inner"));
    ownRootfs(join(root, "inner/rootfs"));
    return join(root, "inner");
  };
  const outer = inner(rootfs);
  const innermost = inner(join(outer, "rootfs"));
  writeFileSync(join(innermost, "rootfs/bin/runt"), "");
  const own = "/bin/runt";
  writeConfig(outer, level("level-2", ["runt run --bundle /inner level-3", ...LIFE], second, own));
  writeConfig(innermost, level("level-3", ["sleep 1000"], third, own));
  renameSync(join(innermost, "config.json"), join(innermost, "life.json"));
  writeConfig(innermost, level("level-3", INNERMOST, third, own));
  return level("level-1", ["runt run --bundle /inner level-2; ls -A /run/runt"], first, runtime);
}

function holds(t: Test, { code, stdout, stderr }: Result, [, , [innermost]]: Levels): void {
  t.equal(code, 0, stderr);
  const map = innermost?.join(" ") ?? "";
  t.same(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.trim().replace(/ +/g, " ")),
    ["0", "level-3", "1", map, "0:0", "0:0", "0:0", "0:0", "made", ...LIVED],
  );
  t.equal(stderr, "");
}

const BY_ROOT: readonly { what: string; levels: Levels }[] = [
  { what: "the outermost without a user namespace", levels: [undefined, [[0, 100_000, 1000]], [[0, 0, 10]]] },
  {
    what: "each in a part of the ids of the one above",
    levels: [[[0, 100_000, 65_536]], [[0, 1000, 1000]], [[0, 500, 1]]],
  },
];

for (const { what, levels } of BY_ROOT) {
  test(`three levels as the host's root: ${what}`, async (t) => {
    const subject = container(t, (it) => ({ root: it.ownRootfs() }));
    writeConfig(subject.bundle, nest(subject.rootfs, levels, RUNT));
    holds(t, await subject.run(), levels);
  });
}

const BY_USER: readonly { what: string; levels: Levels }[] = [
  { what: "with the one id that everybody may map", levels: [[[0, USER, 1]], [[0, 0, 1]], [[0, 0, 1]]] },
  {
    what: "with ids that are granted",
    levels: [
      [
        [0, USER, 1],
        [1, GRANTED, GRANTED_SIZE],
      ],
      [[0, 1, 500]],
      [[0, 7, 3]],
    ],
  },
];

for (const { what, levels } of BY_USER) {
  test(`three levels as a user without rights: ${what}`, async (t) => {
    const { subject, home, runt, configure } = await unprivileged(t);
    const config = nest(join(home, "bundle/rootfs"), levels, join(home, "runt"));
    execFileSync("find", [home, "-type", "d", "-exec", "chown", `${USER}:${USER}`, "{}", "+"]);
    configure(() => config);
    holds(t, await runt("run", subject.id), levels);
  });
}
