/** Containers whose cgroups are systemd's, and what it says of them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { type Config, merge } from "../support/bundle.ts";
import { type Result, run, runt } from "../support/command.ts";
import { container as anyContainer, type Container } from "../support/container.ts";

/** Why the tests of scopes are left out. */
export const skip = existsSync("/run/systemd/system")
  ? false
  : "systemd is not running on this host: runs in the guest of test/vm";

/** A container whose cgroup is systemd's, with a change of `linux`, in `slice`. */
export function container(t: Test, change: Config = {}, slice = ""): Container {
  return anyContainer(t, (it) =>
    merge({ process: { args: ["sleep", "60"] }, linux: { cgroupsPath: `${slice}:runt:${it.id}` } }, change),
  );
}

export const create = (subject: Container): Promise<Result> =>
  runt(["--systemd-cgroup", "--root", subject.root, "create", "--bundle", subject.bundle, subject.id], {
    output: { stdout: join(subject.directory, "stdout"), stderr: join(subject.directory, "stderr") },
  });

export const unitOf = ({ id }: Container): string => `runt-${id}.scope`;

/** What systemd says of the container's unit. */
export async function shown(subject: Container, ...names: string[]): Promise<Record<string, string>> {
  const { stdout } = await run(["systemctl", "show", ...names.flatMap((name) => ["-p", name]), unitOf(subject)]);
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
}
