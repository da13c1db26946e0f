/** The machine as the reader of a table needs to know it. */
import { readFileSync } from "node:fs";
import { availableParallelism, loadavg, release, totalmem } from "node:os";
import { type CgroupKind, cgroupKind } from "./cgroups.ts";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly kernel: string;
  readonly distribution: string;
  readonly cgroups: CgroupKind;
  /** Of the last minute, before the benchmark. */
  readonly load: number;
}

export function machine(): Machine {
  return {
    processor: field("/proc/cpuinfo", /^model name\s*: (.*)$/m) ?? process.arch,
    cores: availableParallelism(),
    memory: totalmem(),
    kernel: release(),
    distribution: field("/etc/os-release", /^PRETTY_NAME="?(.*?)"?$/m) ?? "unknown distribution",
    cgroups: cgroupKind(),
    load: loadavg()[0] ?? 0,
  };
}

function field(path: string, pattern: RegExp): string | undefined {
  return pattern.exec(readFileSync(path, "utf8"))?.[1];
}
