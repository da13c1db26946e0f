/** The file that tells an engine the pid of what it asked for. */
import { during } from "../base/errors.ts";
import { CWD } from "../sys/file.ts";
import { writeAtomically } from "../sys/new-file.ts";

/** Writes the pid in one step: an engine that watches the file never reads a part of it. Throws RuntimeError. */
export function writePidFile(path: string, pid: number): void {
  during(`write the pid file ${JSON.stringify(path)}`, () => writeAtomically(CWD, path, String(pid), 0o644));
}
