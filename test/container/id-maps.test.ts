/** Maps of ids, user_namespaces(7): those that the kernel takes, and what is said of others before anything is made. */
import { chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { type Config, merge, mountsBut, NAMESPACES } from "../support/bundle.ts";
import { type Container, container, inside, refused } from "../support/container.ts";
import { readLink, until } from "../support/host.ts";
import { USER } from "../support/unprivileged.ts";

const FIRST = 100_000;
const range = (containerID: number, hostID: number, size: number) => ({ containerID, hostID, size });
const ALL = [range(0, FIRST, 65_536)];
const mapped = (uidMappings: unknown, gidMappings: unknown = uidMappings): Config => ({
  linux: { namespaces: [...NAMESPACES, { type: "user" }], uidMappings, gidMappings },
});

/** No two of them are neighbours: the kernel joins none. */
const many = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => range(first + index, 1000 + 2 * index, 1));

test("340 ranges are as many as the kernel takes", async (t) => {
  const lines = await inside(t, "cat /proc/self/uid_map; wc -l < /proc/self/gid_map", mapped(many(340)));
  t.same(
    lines.split("\n").map((line) => line.trim().replace(/ +/g, " ")),
    [...many(340).map(({ containerID, hostID }) => `${containerID} ${hostID} 1`), "340"],
  );
});

test("every id can be mapped to itself", async (t) => {
  t.match(await inside(t, "cat /proc/self/uid_map", mapped([range(0, 0, 0xffff_ffff)])), /^ *0 +0 +4294967295$/);
});

const WRONG: readonly { what: string; change: Config; says: RegExp }[] = [
  {
    what: "341 ranges",
    change: mapped(many(341)),
    says: /\/linux\/uidMappings must have at most 340 ranges.*it has 341/,
  },
  { what: "10,000 ranges", change: mapped(ALL, many(10_000)), says: /gidMappings must have at most 340.*it has 10000/ },
  {
    what: "ranges whose text is more than a page",
    change: mapped(many(300, 1_000_000_000)),
    says: /uidMappings must be at most 4095 bytes as the kernel reads it/,
  },
  { what: "no ranges", change: mapped([], ALL), says: /uidMappings must map at least one id/ },
  {
    what: "one kind of ids only",
    change: merge(mapped(ALL), { linux: { gidMappings: undefined } }),
    says: /gidMappings must map at least one id.*missing/,
  },
  { what: "no ids in a range", change: mapped([range(0, FIRST, 0)], ALL), says: /uidMappings\/0\/size must.*it is 0/ },
  {
    what: "an id that is mapped twice",
    change: mapped([...ALL, range(5, 1, 1)]),
    says: /uidMappings\/1\/containerID must map each id once: \/linux\/uidMappings\/0 maps 5 too/,
  },
  {
    what: "an id that two are mapped to",
    change: mapped([...ALL, range(70_000, FIRST + 65_535, 1)]),
    says: /uidMappings\/1\/hostID must map each id once: \/linux\/uidMappings\/0 maps 165535 too/,
  },
  {
    what: "an id past the last",
    change: mapped([range(0, 4_294_967_290, 10)], ALL),
    says: /uidMappings\/0\/size must end at id 4294967294 or below/,
  },
  { what: "an id that is none", change: mapped([range(0, -1, 1)], ALL), says: /hostID must be.*it is -1/ },
  {
    what: "no user namespace",
    change: { linux: { uidMappings: ALL } },
    says: /must be absent without a user namespace/,
  },
  {
    what: "a user that it has not",
    change: merge(mapped(ALL), { process: { user: { uid: 70_000, gid: 0 } } }),
    says: /process\/user\/uid must be an id of the container that \/linux\/uidMappings maps: it is 70000/,
  },
  {
    what: "a group that it has not",
    change: merge(mapped(ALL), { process: { user: { uid: 0, gid: 70_000 } } }),
    says: /process\/user\/gid must be an id of the container that \/linux\/gidMappings maps: it is 70000/,
  },
  {
    what: "an additional group that it has not",
    change: merge(mapped(ALL), { process: { user: { uid: 0, gid: 0, additionalGids: [1, 70_000] } } }),
    says: /process\/user\/additionalGids\/1 must be an id of the container that \/linux\/gidMappings maps: it is 70000/,
  },
];

for (const { what, change, says } of WRONG) {
  test(`a map is refused: ${what}`, async (t) => t.match(await refused(t, change), says));
}

/** What a user other than root needs to be owner of. */
function rootOf(it: Container, uid: number): Config {
  const root = it.ownRootfs();
  for (const name of ["", "tmp", "mnt"]) chownSync(join(it.rootfs, name), uid, uid);
  return root;
}

/** The kernel gives the directory of terminals to id 0. */
const NOBODY = "65534:65534";

test("a container can do without root", async (t) => {
  const script =
    "id -u; id -g; id -G; cat /proc/self/uid_map; touch /tmp/f; stat -c %u:%g /tmp/f /dev /dev/shm /dev/pts; hostname";
  const subject = container(t, (it) =>
    merge(mapped([range(1000, FIRST, 1)], [range(2000, FIRST, 2)]), {
      root: rootOf(it, FIRST),
      process: { args: ["sh", "-c", script], user: { uid: 1000, gid: 2000, additionalGids: [2001] } },
      mounts: [...mountsBut("/dev/pts"), { destination: "/dev/pts", type: "devpts", options: ["newinstance"] }],
    }),
  );
  const { code, stdout, stderr } = await subject.run();
  t.equal(code, 0, stderr);
  t.same(
    stdout.split("\n").map((line) => line.trim().replace(/ +/g, " ")),
    ["1000", "2000", "2000 2001", `1000 ${FIRST} 1`, ...Array(3).fill("1000:2000"), NOBODY, "runt", ""],
  );
  t.equal(statSync(join(subject.rootfs, "tmp/f")).uid, FIRST);
});

/** A process of user `uid` in a user namespace of its own, ids mapped. @returns its pid */
async function holder(t: Test, uid: number): Promise<number> {
  const as = ["setpriv", "--reuid", String(uid), "--regid", String(uid), "--clear-groups", "unshare", "--user"];
  const program = background(t, [...as, "sh", "-c", "echo held; exec sleep 60"]);
  await program.says(/held/);
  for (const name of ["uid_map", "gid_map"]) writeFileSync(`/proc/${program.pid}/${name}`, `0 ${FIRST} 1000`);
  return Number(program.pid);
}

test("a user namespace that is another user's can be joined, and its root is the container's", async (t) => {
  const path = `/proc/${await holder(t, USER)}/ns/user`;
  const subject = container(t, (it) => ({
    root: rootOf(it, FIRST),
    process: { args: ["sh", "-c", "touch /tmp/f; id -u; stat -c %u:%g /dev /dev/shm /dev/mqueue; sleep 60"] },
    linux: { namespaces: [...NAMESPACES, { type: "user", path }] },
  }));
  t.equal((await subject.create()).code, 0, subject.stderr);
  const { pid } = await subject.state();
  t.equal(readLink(`/proc/${pid}/ns/user`), readLink(path));
  t.equal((await subject.start()).code, 0, subject.stderr);
  const ran = await subject.exec(["sh", "-c", "id -u; cat /proc/self/uid_map"], ["--user", "5:6"]);
  t.match(ran.stdout, /^5\n *0 +100000 +1000\n$/, ran.stderr);
  // What exec starts may be done before what start has started.
  await until("it has printed all", () => subject.stdout.split("\n").length > 4);
  t.equal(subject.stdout, "0\n0:0\n0:0\n0:0\n");
  t.equal(statSync(join(subject.rootfs, "tmp/f")).uid, FIRST);
});

test("the user of a joined namespace must be one of its ids", async (t) => {
  const path = `/proc/${await holder(t, 0)}/ns/user`;
  const process = { user: { uid: 5000, gid: 0 } };
  const namespaces = [...NAMESPACES, { type: "user", path }];
  t.match(
    await refused(t, { process, linux: { namespaces } }),
    /set the user to 5000: setresuid.*EINVAL.*no mapping in the container's user namespace/,
  );
});

test("what is no user namespace is not joined", async (t) => {
  const join = (path: string) => ({ linux: { namespaces: [...NAMESPACES, { type: "user", path }] } });
  t.match(await refused(t, join("/proc/self/ns/net")), /\/linux\/namespaces\/6.*user|join the namespace.*another kind/);
  t.match(await refused(t, join("/no/such")), /\/no\/such.*no such file/);
  t.match(await refused(t, join("/proc/self/ns/user")), /a user namespace that runt is in already/);
});
