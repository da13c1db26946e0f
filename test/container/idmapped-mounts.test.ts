/** Mounts whose ids are mapped: who owns a file in the container, and who owns on disk what is made there. */
import { chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { type Config, capable, mountsBut, NAMESPACES } from "../support/bundle.ts";
import { run } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { readLink } from "../support/host.ts";

const map = (containerID: number, hostID: number, size: number) => ({ containerID, hostID, size });
const USERNS: Config = {
  namespaces: [...NAMESPACES, { type: "user" }],
  uidMappings: [map(0, 100_000, 1000)],
  gidMappings: [map(0, 100_000, 1000)],
};

/** A folder with a file of 0:0 and one of 5:6. */
function folder(subject: Container, name = "source"): string {
  const path = subject.folder(name);
  for (const [file, uid, gid] of [
    ["root", 0, 0],
    ["five", 5, 6],
  ] as const) {
    writeFileSync(join(path, file), "");
    chownSync(join(path, file), uid, gid);
  }
  return path;
}

const LIST = "stat -c %u:%g /mnt/root /mnt/five; touch /mnt/made && stat -c %u:%g /mnt/made";

/** What the script prints in a container with that mount on /mnt, and the folder. */
async function mapped(
  t: Test,
  mount: Config,
  linux: Config = {},
  script = LIST,
  prepare?: (source: string) => unknown,
) {
  let source = "";
  const subject = container(t, (it) => {
    source = folder(it);
    return {
      mounts: [...mountsBut(), { destination: "/mnt", source, ...mount }],
      process: { args: ["sh", "-c", script], capabilities: capable("CAP_DAC_OVERRIDE", "CAP_CHOWN") },
      linux,
    };
  });
  await prepare?.(source);
  const { code, stdout, stderr } = await subject.run();
  return { code, lines: stdout.trim().split("\n"), stderr, source, subject };
}

const OWN = { uidMappings: [map(0, 1000, 10)], gidMappings: [map(0, 2000, 10)] };
const CASES: readonly { what: string; mount: Config; linux?: Config; lines: string[]; made: string }[] = [
  {
    what: "by mappings of its own",
    mount: { options: ["bind", "idmap"], ...OWN },
    lines: ["1000:2000", "1005:2006"],
    made: "",
  },
  {
    what: "by mappings without the option",
    mount: { options: ["bind"], ...OWN },
    lines: ["1000:2000", "1005:2006"],
    made: "",
  },
  {
    what: "by the container's user namespace",
    mount: { options: ["bind", "idmap"] },
    linux: USERNS,
    lines: ["0:0", "5:6", "0:0"],
    made: "0:0",
  },
  {
    what: "by mappings of its own in a user namespace",
    mount: { options: ["rbind", "ridmap"], uidMappings: [map(0, 100_010, 10)], gidMappings: [map(0, 100_020, 10)] },
    linux: USERNS,
    lines: ["10:20", "15:26"],
    made: "",
  },
  {
    what: "by an option as crun takes it",
    mount: { options: ["bind", "idmap=uids=0-0-1#5-50-1;gids=0-0-1#6-60-1"] },
    lines: ["0:0", "50:60", "0:0"],
    made: "0:0",
  },
  {
    what: "by an option that counts from the container's ids",
    mount: { options: ["bind", "idmap=uids=@0-0-1#@5-7-1;gids=@0-0-1#@6-8-1"] },
    linux: USERNS,
    lines: ["0:0", "7:8", "0:0"],
    made: "0:0",
  },
];

for (const { what, mount, linux, lines, made } of CASES) {
  test(`ids are mapped ${what}`, async (t) => {
    const { lines: printed, stderr, source } = await mapped(t, mount, linux);
    t.same(printed, lines, stderr);
    if (made === "") t.match(stderr, /made/, "whose ids are not in the map can make nothing");
    else {
      const { uid, gid } = statSync(join(source, "made"));
      t.equal(`${uid}:${gid}`, made);
    }
    const { uid } = statSync(join(source, "five"));
    t.equal(uid, 5, "on the host all is as it was");
  });
}

test("what is mounted below is mapped by ridmap only", async (t) => {
  for (const [option, below] of [
    ["ridmap", "1005:2006"],
    ["idmap", "5:6"],
  ] as const) {
    const mount = { options: ["rbind", option], ...OWN };
    const { lines, stderr } = await mapped(t, mount, {}, "stat -c %u:%g /mnt/five /mnt/below/five", async (source) => {
      const target = join(source, "below");
      mkdirSync(target);
      await run(["mount", "-t", "tmpfs", "runt-test", target]);
      t.teardown(() => run(["umount", "--lazy", target]));
      writeFileSync(join(target, "five"), "");
      chownSync(join(target, "five"), 5, 6);
    });
    t.same(lines, ["1005:2006", below], `${option} ${stderr}`);
  }
});

test("a new file system is mapped", async (t) => {
  const mount = { type: "tmpfs", source: "tmpfs", options: ["idmap", "mode=755"], ...OWN };
  const { lines, stderr } = await mapped(t, mount, {}, "stat -c %u:%g /mnt");
  t.same(lines, ["1000:2000"], stderr);
});

test("a root file system is mapped by a mount on /", async (t) => {
  const subject = container(t, (it) => {
    it.ownRootfs();
    const bind = { destination: "/", source: it.rootfs, options: ["rbind", "idmap"] };
    return {
      mounts: [bind, ...mountsBut()],
      process: { args: ["stat", "-c", "%u:%g", "/", "/bin/busybox"] },
      linux: USERNS,
    };
  });
  const { stdout, stderr } = await subject.run();
  t.equal(stdout, "0:0\n0:0\n", stderr);
});

test("the user namespace of a path is what the ids are mapped by", async (t) => {
  const program = background(t, ["unshare", "--user", "sh", "-c", "echo held; exec sleep 60"]);
  await program.says(/held/);
  for (const name of ["uid_map", "gid_map"]) writeFileSync(`/proc/${program.pid}/${name}`, "0 100000 1000");
  const path = `/proc/${program.pid}/ns/user`;
  const linux = { namespaces: [...NAMESPACES, { type: "user", path }] };
  const { lines, stderr } = await mapped(t, { options: ["bind", "idmap"] }, linux);
  t.same(lines, ["0:0", "5:6", "0:0"], stderr);
});

test("nothing is left of the namespaces that ids are mapped by", async (t) => {
  const { subject } = await mapped(t, { options: ["bind", "idmap"], ...OWN });
  const again = container(t, {
    mounts: [
      ...mountsBut(),
      { destination: "/mnt", source: folder(subject, "other"), options: ["bind", "idmap"], ...OWN },
    ],
    process: { args: ["sleep", "60"] },
  });
  t.equal((await again.create()).code, 0, again.stderr);
  const { pid } = await again.state();
  t.notOk(readdirSync(`/proc/${pid}/fd`).some((fd) => readLink(`/proc/${pid}/fd/${fd}`).startsWith("user:")));
});

const REFUSED: readonly { what: string; mount: Config; linux?: Config; says: RegExp }[] = [
  {
    what: "without any mapping",
    mount: { options: ["bind", "idmap"] },
    says: /uidMappings and gidMappings, or with a user namespace/,
  },
  {
    what: "with one mapping",
    mount: { options: ["bind"], uidMappings: OWN.uidMappings },
    says: /gidMappings.*when the other/,
  },
  {
    what: "with an option that can't be read",
    mount: { options: ["bind", "idmap=uids=1"] },
    says: /mount on \/mnt.*idmap=uids=1.*FROM-TO-SIZE/,
  },
  { what: "with half an option", mount: { options: ["bind", "idmap=uids=0-1-1"] }, says: /FROM-TO-SIZE/ },
  {
    what: "from an id that the container has not",
    mount: { options: ["bind", "idmap=uids=@0-5000-1;gids=@0-0-1"] },
    linux: USERNS,
    says: /id 5000 has no mapping/,
  },
  {
    what: "of a file system that can't",
    mount: { options: ["bind", "idmap"], source: "/proc/sys", ...OWN },
    says: /map the ids of \/proc\/sys on \/mnt \(proc\).*mount_setattr.*EINVAL.*may not support mapped ids/,
  },
];

for (const { what, mount, linux, says } of REFUSED) {
  test(`a mapped mount is refused ${what}`, async (t) => {
    const { code, stderr } = await mapped(t, mount, linux);
    t.not(code, 0);
    t.match(stderr, says);
  });
}
