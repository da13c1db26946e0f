/** A user without rights to whom cgroups are given: containers are in cgroups below those, and all that is done by a cgroup can be done. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";
import { merge } from "../support/bundle.ts";
import { delegated } from "../support/delegated.ts";
import { alive, processesIn, read, until } from "../support/host.ts";
import { unprivileged } from "../support/unprivileged.ts";

test("a user's containers are in the cgroups that are the user's", async (t) => {
  const { name, directories, enter } = delegated(t);
  const { subject, runt, configure } = await unprivileged(t, enter);
  configure((config) =>
    merge(config, {
      process: { terminal: false, args: ["sh", "-c", "sleep 1000 & exec sleep 1000"] },
      linux: { cgroupsPath: `/${name}/it` },
    }),
  );
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await runt(...args);
    t.equal(code, 0, `${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  await ok("create", subject.id);
  const { pid } = JSON.parse(await ok("state", subject.id));
  const own = read(`/proc/${pid}/cgroup`).trim().split("\n");
  t.equal(own.filter((line) => line.endsWith(`/${name}/it`)).length, directories.length, own.join(" "));
  await ok("start", subject.id);
  const first = directories[0] as string;
  await until("there are two processes", () => processesIn(join(first, "it")).length === 2);
  t.same(
    JSON.parse(await ok("ps", "--format", "json", subject.id)),
    processesIn(join(first, "it")).sort((a, b) => a - b),
  );
  await ok("exec", "--detach", subject.id, "sleep", "1000");
  t.equal(processesIn(join(first, "it")).length, 3);
  await ok("pause", subject.id);
  t.match(await ok("list"), / paused /);
  await ok("resume", subject.id);
  t.equal(JSON.parse(await ok("events", "--stats", subject.id)).type, "stats");
  const pids = directories.find((directory) => existsSync(join(directory, "it/pids.max")));
  if (pids !== undefined) {
    await ok("update", "--pids-limit", "50", subject.id);
    t.equal(read(join(pids, "it/pids.max")), "50\n");
  }
  await ok("kill", "--all", subject.id, "KILL");
  await until("it has ended", () => !alive(pid));
  await ok("delete", subject.id);
  t.same(
    directories.filter((directory) => existsSync(join(directory, "it"))),
    [],
  );
});
