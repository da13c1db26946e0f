/**
 * A container with CAP_SYS_ADMIN can make the folder of its notification socket writable, which is in the runtime's state directory: what
 * it puts there keeps nobody from deleting it, and leads nowhere.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Test, test } from "tap";
import { listener } from "../support/background.ts";
import { capable, MOUNTS } from "../support/bundle.ts";
import { PATH, run } from "../support/command.ts";
import { type Container, container } from "../support/container.ts";
import { until } from "../support/host.ts";
import { probe } from "../support/scratch.ts";
import { victim } from "../support/victim.ts";

/** A container that has run `script` in the folder. */
async function after(t: Test, script: string): Promise<Container> {
  const subject = container(t, {
    mounts: [...MOUNTS, { destination: "/run", type: "tmpfs", source: "tmpfs" }],
    process: {
      args: [
        "sh",
        "-c",
        `mount -o remount,bind,rw /run/notify && cd /run/notify && ${script} && probe notify READY=1; exec sleep 60`,
      ],
      capabilities: capable("CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_MKNOD", "CAP_CHOWN", "CAP_LINUX_IMMUTABLE"),
    },
  });
  const socket = join(subject.directory, "manager.sock");
  await listener(t, [probe(), "manager", socket]);
  const env = { PATH, NOTIFY_SOCKET: socket };
  t.equal((await subject.create([], { env })).code, 0);
  t.equal((await subject.start({ env })).code, 0);
  return subject;
}

/** Nothing of the container stays. */
async function goesAway(t: Test, subject: Container): Promise<void> {
  const { code, stderr } = await subject.delete("--force");
  t.equal(code, 0, stderr);
  const ofTheTest = (each: string) => each.includes("probe manager");
  t.same(
    (await subject.remains()).filter((each) => !ofTheTest(each)),
    [],
  );
}

const CONTENTS: Readonly<Record<string, string>> = {
  "a file": "echo x > file",
  folders: "mkdir -p a/b/c d/e && echo x > a/b/c/file && echo x > a/b/file",
  "folders without rights of another user": "mkdir -p a/b && chmod 0 a/b a . && chown -R 7:7 a .",
  "names that are no UTF-8": 'N=$(printf "a\\377b") && mkdir "$N" "$N/$N" && echo x > "$N/$N/$N" && echo x > "$N-"',
  "what is no file": "mkfifo fifo && mkdir a && mkfifo a/fifo && mknod a/null c 1 3 && mknod a/loop b 7 0",
  "what may not be changed": "mkdir a && echo x > a/b && probe immutable a/b a . || true",
  "mounts of its own": "mkdir a && mount -t tmpfs none a && echo x > a/file",
};

for (const [what, script] of Object.entries(CONTENTS)) {
  test(`delete when there is ${what}`, async (t) => goesAway(t, await after(t, script)));
}

test("links lead nowhere", async (t) => {
  const other = container(t);
  const target = victim(other);
  const subject = await after(t, `mkdir a && ln -s ${target} link && ln -s ${target} a/link && ln -s .. a/up`);
  await goesAway(t, subject);
  t.ok(existsSync(join(target, "file")));
});

test("folders below each other without an end", async (t) => {
  const subject = await after(t, "mkdir a");
  const deep = `process.chdir(process.argv[1]); for (let i = 0; i < 3000; i++) { fs.mkdirSync("a"); process.chdir("a"); }`;
  const folder = join(subject.root, subject.id, "notify/a");
  const made = await run([process.execPath, "-e", deep, folder]);
  t.equal(made.code, 0, made.stderr);
  await goesAway(t, subject);
});

test("a container that goes on to put things there", async (t) => {
  const script = "(while :; do mkdir -p a/b; echo x > a/b/c; mv a/b b; rm -r b; done 2>/dev/null &)";
  const subject = await after(t, script);
  await until("it does", () => existsSync(join(subject.root, subject.id, "notify/a")));
  await goesAway(t, subject);
});
