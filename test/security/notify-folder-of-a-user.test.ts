/** A user's container that may change owners gives its folder away, to ids that are not the user's: it can be deleted all the same. */
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { listener } from "../support/background.ts";
import { type Config, capable, merge } from "../support/bundle.ts";
import { probe } from "../support/scratch.ts";
import { GRANTED, USER, unprivileged } from "../support/unprivileged.ts";

const RANGES = [
  { containerID: 0, hostID: USER, size: 1 },
  { containerID: 1, hostID: GRANTED, size: 100 },
];

for (const [what, script] of [
  ["a folder in it", "mkdir a && echo x > a/b && chmod 700 a && chown 7:7 a"],
  ["the folder itself", "echo x > b && chmod 1777 . && chown 7:7 b ."],
] as const) {
  test(`gives away ${what}`, async (t) => {
    const { subject, home, runt, by, configure } = await unprivileged(t);
    const socket = join(subject.directory, "manager.sock");
    await listener(t, [probe(), "manager", socket]);
    chmodSync(socket, 0o777);
    const open = "mount -o remount,bind,rw,nosuid,nodev,noexec /run/notify && cd /run/notify";
    const args = ["sh", "-c", `${open} && ${script} && probe notify READY=1; exec sleep 60`];
    configure((config) =>
      merge(config, {
        mounts: [...(config.mounts as Config[]), { destination: "/run", type: "tmpfs", source: "tmpfs" }],
        process: { terminal: false, args, capabilities: capable("CAP_SYS_ADMIN", "CAP_CHOWN", "CAP_DAC_OVERRIDE") },
        linux: { uidMappings: RANGES, gidMappings: RANGES },
      }),
    );
    const started = await by(["env", `NOTIFY_SOCKET=${socket}`], "run", "--detach", subject.id);
    t.equal(started.code, 0, started.stderr);
    const { code, stderr } = await runt("delete", "--force", subject.id);
    t.equal(code, 0, stderr);
    t.match(stderr, /warning: the container has given directories to other ids, which stay in .*\/\.deleted-/);
    t.equal((await runt("list", "--quiet")).stdout, "");
    t.equal((await runt("run", "--detach", subject.id)).code, 0, "its name is free");
    t.equal((await runt("delete", "--force", subject.id)).code, 0);
    const state = join(home, "run/runt");
    t.equal(readdirSync(state).filter((name) => name.startsWith(".deleted-")).length, 1);
    rmSync(state, { recursive: true });
  });
}
