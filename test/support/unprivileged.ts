/** A user without any rights, who is nobody else on the machine: runt as such a user runs it. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import type { Config } from "./bundle.ts";
import { PATH, type Result, RUNT, run } from "./command.ts";
import { type Container, container } from "./container.ts";
import { ownRootfs, scratch } from "./scratch.ts";

/** The user's uid and gid, and the first of the ids that the user may map besides. */
export const USER = 54_321;
export const GRANTED = 654_321;
export const GRANTED_SIZE = 1000;

export interface Unprivileged {
  readonly subject: Container;
  /** Files of the user's that the test may read. */
  readonly home: string;
  /** Runs the user's runt in the bundle. */
  readonly runt: (...args: string[]) => Promise<Result>;
  /** Runs it as `launcher... runt args...`. */
  readonly by: (launcher: readonly string[], ...args: readonly string[]) => Promise<Result>;
  /** Lays `change` over the config.json that `spec --rootless` wrote. */
  readonly configure: (change: (config: Config) => Config) => void;
}

/** The user's runtime, with a bundle that `spec --rootless` has made. `setUp`: shell commands of root's in a mount namespace of its own. */
export async function unprivileged(t: Test, setUp = ""): Promise<Unprivileged> {
  const subject = container(t);
  chmodSync(scratch, 0o711);
  const home = join(subject.directory, "home");
  const bundle = join(home, "bundle");
  mkdirSync(join(home, "run"), { recursive: true });
  mkdirSync(bundle);
  copyFileSync(RUNT, join(home, "runt"));
  chmodSync(join(home, "runt"), 0o755);
  ownRootfs(join(bundle, "rootfs"));
  // The programs are links to files of other tests: only the directories become the user's.
  execFileSync("find", [home, "-type", "d", "-exec", "chown", `${USER}:${USER}`, "{}", "+"]);
  writeFileSync(join(home, "passwd"), `${readFileSync("/etc/passwd", "utf8")}runt-user:x:${USER}:${USER}::/:/bin/sh\n`);
  writeFileSync(join(home, "granted"), `${USER}:${GRANTED}:${GRANTED_SIZE}\n`);
  const binds = ["passwd /etc/passwd", "granted /etc/subuid", "granted /etc/subgid"];
  const script = [
    "set -e",
    ...binds.map((pair) => `mount --bind ${home}/${pair}`),
    setUp,
    `cd ${bundle}`,
    `exec setpriv --reuid ${USER} --regid ${USER} --clear-groups --inh-caps=-all --bounding-set=-sys_resource "$@"`,
  ].join("\n");
  const by: Unprivileged["by"] = (launcher, ...args) =>
    run(["unshare", "--mount", "sh", "-c", script, "sh", ...launcher, join(home, "runt"), ...args], {
      env: { PATH, XDG_RUNTIME_DIR: join(home, "run") },
      output: { stdout: join(home, `out-${serial++}`), stderr: join(home, `err-${serial}`) },
    });
  const runt: Unprivileged["runt"] = (...args) => by([], ...args);
  t.teardown(() => runt("delete", "--force", subject.id));
  const made = await runt("spec", "--rootless");
  if (made.code !== 0) throw new Error(made.stderr);
  const file = join(bundle, "config.json");
  const configure = (change: (config: Config) => Config) =>
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));
  return { subject, home, runt, by, configure };
}

let serial = 0;
