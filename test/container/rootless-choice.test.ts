/** `--rootless`: whether a container can be had without a cgroup, by whoever asks for it and whatever user namespace that is in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { type Config, MOUNTS, merge } from "../support/bundle.ts";
import { MANAGER, type Result, runt } from "../support/command.ts";
import { container } from "../support/container.ts";
import { read } from "../support/host.ts";
import { unprivileged } from "../support/unprivileged.ts";

/** Who runs runt is root there, and has no other id. */
const AS_ROOT = ["unshare", "--user", "--map-root-user"];

/** Asks for no place of a cgroup's, and for nothing that a user namespace with one id has not. */
const BASE: Config = {
  process: { terminal: false, args: ["sleep", "1000"] },
  mounts: MOUNTS.map((mount) => (mount.type === "devpts" ? { ...mount, options: ["newinstance"] } : mount)),
  linux: { cgroupsPath: undefined },
};

const CHOICES = ["auto", "true", "false"] as const;

interface Caller {
  readonly id: string;
  /** Where its state is to be. */
  readonly state: string;
  /** Runs `launcher... runt args...`. */
  readonly command: (launcher: readonly string[], ...args: readonly string[]) => Promise<Result>;
}

async function root(t: Test): Promise<Caller> {
  const subject = container(t, BASE);
  const command: Caller["command"] = (launcher, ...args) =>
    runt(["--root", subject.root, ...args], { launcher, cwd: subject.bundle });
  return { id: subject.id, state: join(subject.root, subject.id), command };
}

async function user(t: Test, inNamespace = false): Promise<Caller> {
  const { subject, by, home, configure } = await unprivileged(t);
  // In a user namespace that is there already, as Podman makes it, a container has none of its own.
  if (inNamespace) configure((config) => merge(subject.config, { ...BASE, root: config.root }));
  else configure((config) => merge(config, { process: BASE.process as Config }));
  const state = join(home, "run/runt", subject.id);
  return { id: subject.id, state, command: (launcher, ...args) => by(launcher, ...args) };
}

type Outcome = "with a cgroup" | "without" | "refused";

/** The outcomes of CHOICES, one after the other. */
const CALLERS: readonly {
  who: string;
  caller: (t: Test) => Promise<Caller>;
  launcher?: readonly string[];
  outcomes: readonly Outcome[];
}[] = [
  { who: "the host's root", caller: root, outcomes: ["with a cgroup", "with a cgroup", "with a cgroup"] },
  { who: "a user", caller: (t) => user(t), outcomes: ["without", "without", "refused"] },
  {
    who: "root of a user's user namespace",
    caller: (t) => user(t, true),
    launcher: AS_ROOT,
    outcomes: ["without", "without", "refused"],
  },
  {
    // To whom the cgroup file system belongs, whatever rights he has given up.
    who: "the host's root in a user namespace",
    caller: root,
    launcher: AS_ROOT,
    outcomes: ["with a cgroup", "with a cgroup", "with a cgroup"],
  },
];

const skip = MANAGER === "systemd" && "who has no cgroup of his own asks systemd for one";

for (const { who, caller, launcher = [], outcomes } of CALLERS) {
  for (const [index, outcome] of outcomes.entries()) {
    const choice = CHOICES[index] as string;
    test(`--rootless ${choice}: ${who} gets a container ${outcome}`, { skip }, async (t) => {
      const { id, state, command } = await caller(t);
      const { code, stderr } = await command(launcher, "--rootless", choice, "create", id);
      if (outcome === "refused") {
        t.equal(code, 1);
        t.match(stderr, /create the container's cgroup: mkdirat.*(EACCES|EPERM)/);
        t.notOk(existsSync(state), "nothing is left");
        return;
      }
      t.equal(code, 0, stderr);
      const { pid } = JSON.parse((await command([], "state", id)).stdout);
      t.equal(read(`/proc/${pid}/cgroup`).includes(id), outcome === "with a cgroup", read(`/proc/${pid}/cgroup`));
      t.ok(existsSync(state), state);
      // The user namespace that the container is in.
      const there = launcher.length > 0 ? ["nsenter", `--user=/proc/${pid}/ns/user`, "--preserve-credentials"] : [];
      t.equal((await command(there, "start", id)).code, 0);
      const ran = await command(there, "exec", id, "sh", "-c", "id -u; echo x > /dev/null; stat -c %u /dev/pts");
      t.same([ran.code, ran.stdout], [0, "0\n0\n"], ran.stderr);
      t.equal((await command(there, "delete", "--force", id)).code, 0);
      t.notOk(existsSync(state), "nothing is left");
    });
  }
}

test("the host's root has his device rules kept whatever --rootless says", { skip }, async (t) => {
  const subject = container(t, {
    process: { args: ["sh", "-c", "head -c 1 /dev/kmsg"] },
    linux: {
      devices: [{ path: "/dev/kmsg", type: "c", major: 1, minor: 11 }],
      resources: { devices: [{ allow: false, access: "rwm" }] },
    },
  });
  for (const choice of CHOICES) {
    const { code, stderr } = await runt([
      "--rootless",
      choice,
      "--root",
      subject.root,
      "run",
      "-b",
      subject.bundle,
      subject.id,
    ]);
    t.not(code, 0);
    t.match(stderr, /\/dev\/kmsg: Operation not permitted/);
  }
});

test("what is no choice is refused", async (t) => {
  const subject = container(t);
  const { code, stderr } = await runt(["--rootless", "maybe", "--root", subject.root, "list"]);
  t.not(code, 0);
  t.match(stderr, /maybe.*auto/s);
});
