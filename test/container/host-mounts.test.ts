/**
 * A container without a mount namespace of its own: it sees the runtime's, with another root. Here the runtime's is one that was
 * made for the test.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { background } from "../support/background.ts";
import { type Config, namespacesBut } from "../support/bundle.ts";
import type { Options } from "../support/command.ts";
import { container, list, refused } from "../support/container.ts";
import { type Mount, parseMounts, read, readLink, until } from "../support/host.ts";

interface Host {
  /** Makes the runtime a process of this host. */
  readonly options: Options;
  /** Its mount namespace. */
  readonly name: string;
  mounts(): Mount[];
}

/** A mount namespace like the machine's, its mounts shared or not. */
async function host(t: Test, propagation = "private"): Promise<Host> {
  const command = ["unshare", "--mount", "--propagation", propagation, "sh", "-c", "echo held; exec sleep 120"];
  const program = background(t, command);
  await program.says(/held/);
  const { pid } = program;
  return {
    options: { launcher: ["nsenter", `--mount=/proc/${pid}/ns/mnt`, "--"] },
    name: readLink(`/proc/${pid}/ns/mnt`),
    mounts: () => parseMounts(read(`/proc/${pid}/mountinfo`)),
  };
}

const KINDS: Readonly<Record<string, Config[] | undefined>> = {
  "without a mount namespace": namespacesBut("mount"),
  "that joins the runtime's own": [...namespacesBut("mount"), { type: "mount", path: "/proc/self/ns/mnt" }],
  "that says nothing of namespaces": undefined,
};

for (const [what, namespaces] of Object.entries(KINDS)) {
  test(`a container ${what} has a root of its own, and delete takes its mounts away`, async (t) => {
    const { options, name, mounts } = await host(t);
    const before = mounts();
    // Masks want a namespace of type mount.
    const isNamed = namespaces?.some(({ type }) => type === "mount");
    const subject = container(t, (c) => ({
      root: c.ownRootfs(),
      process: { args: ["sh", "-c", "touch /here; ls /; exec sleep 60"] },
      hostname: undefined,
      mounts: [
        { destination: "/proc", type: "proc" },
        { destination: "/mnt/new", type: "tmpfs" },
      ],
      linux: { namespaces, ...(isNamed && { maskedPaths: ["/proc/bus"], readonlyPaths: ["/proc/sys"] }) },
    }));
    const { code, stderr } = await subject.create([], options);
    t.equal(code, 0, stderr);
    t.equal((await subject.start(options)).code, 0);
    await until("it has listed its root", () => subject.stdout.includes("here"));
    const { pid } = await subject.state();
    t.equal(readLink(`/proc/${pid}/ns/mnt`), name);
    const exec = await subject.exec(["sh", "-c", "ls -a /; ls /proc/bus; pwd"], [], options);
    t.equal(exec.code, 0, exec.stderr);
    t.match(exec.stdout, /\nhere\n/);
    t.notMatch(exec.stdout, /boot|opt|work/, "nothing of the host");
    t.match(exec.stdout, /\n\/\n$/);
    t.ok(mounts().length > before.length);
    t.equal((await subject.command("delete", ["--force"], options)).code, 0);
    t.same(mounts(), before);
    t.same(await subject.remains(), []);
  });
}

test("on a host that shares its mounts, nothing of the container's is mounted at its root.path", async (t) => {
  const { options, mounts } = await host(t, "shared");
  for (const rootfsPropagation of [undefined, "shared", "slave", "unbindable"]) {
    const subject = container(t, (c) => ({
      root: c.ownRootfs(),
      process: { args: ["cat", "/proc/self/mountinfo"] },
      mounts: [
        { destination: "/proc", type: "proc" },
        { destination: "/mnt", type: "tmpfs" },
      ],
      hostname: undefined,
      linux: { namespaces: namespacesBut("mount"), rootfsPropagation },
    }));
    const before = mounts();
    t.equal((await subject.create([], options)).code, 0);
    t.same(
      mounts().filter(({ target }) => target.startsWith(subject.bundle)),
      [],
    );
    t.equal((await subject.command("delete", ["--force"], options)).code, 0);
    t.same(mounts(), before);
  }
});

test("a create that fails leaves no mount in the runtime's namespace", async (t) => {
  const { options, mounts } = await host(t);
  const before = mounts();
  const wrong = [
    {
      mounts: [
        { destination: "/proc", type: "proc" },
        { destination: "/mnt", type: "nosuchfs" },
      ],
    },
    { hooks: { createRuntime: [{ path: "/bin/false" }] } },
    { process: { args: ["/nowhere"] } },
  ];
  for (const change of wrong) {
    const subject = container(t, { hostname: undefined, linux: { namespaces: namespacesBut("mount") }, ...change });
    t.not((await subject.create([], options)).code, 0);
    t.same(mounts(), before);
    t.same(await subject.remains(), []);
  }
});

test("delete --force takes the mounts of a create that was killed", async (t) => {
  const { options, mounts } = await host(t);
  const before = mounts();
  const subject = container(t, {
    hostname: undefined,
    linux: { namespaces: namespacesBut("mount") },
    hooks: { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", "kill -9 $PPID; sleep 1"] }] },
  });
  t.not((await subject.create([], options)).code, 0);
  t.ok(mounts().length > before.length);
  t.equal((await subject.command("delete", ["--force"], options)).code, 0);
  t.same(mounts(), before);
});

test("a container with a user namespace has no right to mount in the runtime's", async (t) => {
  const mappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  const error = await refused(t, {
    hostname: undefined,
    linux: {
      namespaces: [...namespacesBut("mount"), { type: "user" }],
      uidMappings: mappings,
      gidMappings: mappings,
    },
  });
  t.match(error, /must have one of type mount/);
});

test("the runtime's own mounts are not changed: a host that is shared stays shared", async (t) => {
  const { options, mounts } = await host(t, "shared");
  const before = mounts();
  const subject = container(t, { hostname: undefined, linux: { namespaces: namespacesBut("mount") } });
  t.equal((await subject.run([], options)).code, 0);
  t.same(mounts(), before);
});

const UNREADABLE = { "that is damaged": "{", "of another version": '{"format":2}' };

for (const [what, text] of Object.entries(UNREADABLE)) {
  test(`a state ${what} is removed with the mounts, and without the files that they show`, async (t) => {
    const { options, mounts } = await host(t);
    const before = mounts();
    const subject = container(t, (c) => ({
      root: c.ownRootfs(),
      hostname: undefined,
      mounts: [{ destination: "/proc", type: "proc" }],
      linux: { namespaces: namespacesBut("mount") },
    }));
    writeFileSync(join(subject.rootfs, "kept"), "of the image\n");
    const files = list(subject.rootfs);
    t.equal((await subject.run(["--keep"], options)).code, 0);
    writeFileSync(join(subject.root, subject.id, "state.json"), text);
    const { code, stderr } = await subject.command("delete", ["--force"], options);
    t.equal(code, 0, stderr);
    t.same(list(subject.rootfs), files);
    t.same(mounts(), before);
    await subject.clearCgroups();
    t.same(await subject.remains(), []);
  });
}
