/** Programs compiled and run, on this machine or as its guest. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Machine } from "../../lib/linux/machine.ts";
import { compile } from "../../lib/program/compile.ts";
import { decodeReport, type Report } from "../../lib/program/report.ts";
import { call, REPORT, type Step } from "../../lib/program/step.ts";

const QEMU = "qemu-aarch64-static";
const isNative = (machine: Machine): boolean => machine === (process.arch === "arm64" ? "aarch64" : "x86-64");

/** Each machine, and why its programs cannot be run here, or false. */
export const MACHINES: readonly {
  readonly machine: Machine;
  readonly skip: string | false;
  readonly native: boolean;
}[] = (["x86-64", "aarch64"] as const).map((machine) => {
  const native = isNative(machine);
  const guest = machine === "aarch64" && spawnSync(QEMU, ["--version"]).status === 0;
  return { machine, native, skip: native || guest ? false : `needs ${machine === "aarch64" ? QEMU : machine}` };
});

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  /** What stands in the report page, the program's descriptor 3. */
  readonly report: Report | undefined;
}

/** UTF-8 bytes, as compile() wants them. */
export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Maps the report page: programs begin with it when what they report is of interest. */
export function mapReport(): Step {
  return call("map the report", "mmap", [0, 4096, 3, 1, 3, 0], { result: REPORT });
}

/** Runs a program to its end. @param page what its descriptor 3, a file of one page, holds at first */
export function run(steps: readonly Step[], machine: Machine, page = new Uint8Array(4096)): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "runt-program-"));
  const program = join(folder, "program");
  const pagePath = join(folder, "page");
  writeFileSync(program, compile(steps, machine, encode).elf, { mode: 0o755 });
  writeFileSync(pagePath, page);
  const fd = openSync(pagePath, "r+");
  try {
    const command = isNative(machine) ? [program] : [QEMU, program];
    const { status, signal, stdout, error } = spawnSync(command[0] as string, command.slice(1), {
      stdio: ["ignore", "pipe", "inherit", fd],
      timeout: 10_000,
    });
    if (error !== undefined) throw error;
    return { status, signal, stdout, report: decodeReport(readFileSync(pagePath)) };
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}
