/** Files of the host that an attack aims at: nothing about them may change. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import type { Container } from "./container.ts";

/** A folder of the host beside the bundle, with files of the names that runtimes make or replace. @returns its path */
export function victim(subject: Container): string {
  const path = subject.folder("victim");
  for (const name of ["null", "ptmx", "console", "fd", "stdin", "file"])
    writeFileSync(join(path, name), "of the host\n");
  mkdirSync(join(path, "folder"));
  return path;
}

/** Everything about a tree that a change would show in: names, kinds, owners, modes, sizes and times, of change by default. */
export async function fingerprint(path: string, time = "%C@"): Promise<string> {
  const { stdout } = await run(["find", path, "-printf", `%P %y %m %U:%G %i %s ${time} %l\\n`]);
  return stdout.split("\n").sort().join("\n");
}
