/** A program becomes a process: compiled, sealed in a file without a name, and executed from there. */

import type { RuntimeError } from "../base/errors.ts";
import { PID_OFFSET } from "../init/page.ts";
import { MACHINE } from "../linux/machine.ts";
import { compile, compileRest, type Program, type RestOfProgram } from "../program/compile.ts";
import { decodeReport } from "../program/report.ts";
import type { Step } from "../program/step.ts";
import { failure } from "../program/words.ts";
import { encode } from "../sys/ffi.ts";
import { close, type Fd, readAt, readlink, write } from "../sys/file.ts";
import { seal, sealedFile } from "../sys/memory.ts";
import { spawn } from "../sys/process.ts";

/** A program that runs, or has run. */
export interface Launched {
  readonly pid: number;
  readonly program: Program;
}

/** What the file of a container's first program is called, in /proc too. */
export const INIT = "runt-init";

/** Whether a process executes a container's first program. */
export function isInit(pid: number): boolean {
  try {
    return readlink(`/proc/${pid}/exe`).startsWith(`/memfd:${INIT}`);
  } catch {
    // It has ended.
    return false;
  }
}

/** What programs were made of. It goes with this process: to give it back piece by piece takes longer than much else that is done here. */
const kept: unknown[] = [];

/** Starts `steps` as a child process that inherits the descriptors without close-on-exec. Throws SyscallError. */
export function launch(name: string, steps: readonly Step[]): Launched {
  const program = compile(steps, MACHINE, encode);
  kept.push(program, steps);
  const file = sealedFile(name, program.elf, true);
  try {
    return { pid: spawn(file, [name], []), program };
  } finally {
    close(file);
  }
}

/** Compiles what a program goes on with into the sealable file that it has open. @throws SyscallError */
export function writeRest({ program }: Launched, file: Fd, steps: readonly Step[]): RestOfProgram {
  const rest = compileRest(program, steps, MACHINE, encode);
  kept.push(rest, steps);
  write(file, rest.file);
  seal(file);
  close(file);
  return rest;
}

/** The pid of the process that a program's first stage has made, as it stands in the report page. */
export function pidOf(page: Fd, offset = PID_OFFSET): number | undefined {
  return new Uint32Array(readAt(page, offset, 4).slice().buffer)[0] || undefined;
}

/** Bytes of a report, at the beginning of its page. */
const REPORT_LENGTH = 16;

/** The failure that a program has left in its report page, undefined when no step failed. */
export function failureOf(program: Pick<Program, "step">, page: Fd): RuntimeError | undefined {
  const report = decodeReport(readAt(page, 0, REPORT_LENGTH));
  if (report === undefined) return undefined;
  return failure(program.step(report.index), report.errno);
}
