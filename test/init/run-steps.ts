/** Steps compiled and run as a process in mount and pid namespaces of its own, which looks around from inside at the end. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Linux, OciConfig } from "../../lib/config/schema.ts";
import { deviceSteps } from "../../lib/init/devices.ts";
import { maskSteps, readonlySteps } from "../../lib/init/masks.ts";
import { mountsSteps } from "../../lib/init/mounts.ts";
import { mapReport, PAGE_SIZE } from "../../lib/init/page.ts";
import { pivotSteps, readonlyRootSteps, rootSteps } from "../../lib/init/root.ts";
import { errnoName } from "../../lib/linux/errno.ts";
import { MACHINE } from "../../lib/linux/machine.ts";
import { compile } from "../../lib/program/compile.ts";
import { decodeReport } from "../../lib/program/report.ts";
import { call, type Step, words } from "../../lib/program/step.ts";
import type { ContainerSpec } from "../../lib/spec/container-spec.ts";
import { devicesSpec } from "../../lib/spec/devices.ts";
import type { FileSpec } from "../../lib/spec/mount-spec.ts";
import { type MountHost, mountsSpec } from "../../lib/spec/mounts.ts";
import { rootSpec } from "../../lib/spec/root.ts";
import { scratch, uniqueName } from "../support/scratch.ts";
import { SPEC } from "./sequence.ts";

/** The parts of config.json that the file system is made of. */
export type FilesConfig = Pick<OciConfig, "root" | "mounts"> & { readonly linux?: Partial<Linux> };

export interface Outcome {
  readonly status: number | null;
  /** What the script printed. */
  readonly output: string;
  /** The step that failed: `mount proc on /proc: openat2: ELOOP`. */
  readonly failure: string | undefined;
}

/** The host as the tests' containers find it; `contents` says what a tmpfs is to be filled with. */
export function testHost(bundle: string, contents: readonly FileSpec[] = []): MountHost {
  return {
    bundle,
    cgroups: () => ({ version: 1, paths: {} }),
    rootless: () => false,
    filesystemName: () => "ext4",
    isReadonly: () => false,
    isDirectory: (path) => statSync(path).isDirectory(),
    readLink: (path) => (lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined),
    filesystemType: (path) => statfsSync(path).type,
    contents: () => contents,
    place: (destination) => destination,
    warn: () => {},
  };
}

/** The file system's part of a ContainerSpec. */
export function filesSpec(config: FilesConfig, host: MountHost, noPivot = false): ContainerSpec {
  return {
    ...SPEC,
    root: rootSpec(config, { bundle: host.bundle, noPivot, rootPlace: undefined }),
    mounts: mountsSpec(config, host),
    devices: devicesSpec(config),
    maskedPaths: config.linux?.maskedPaths ?? [],
    readonlyPaths: config.linux?.readonlyPaths ?? [],
  };
}

/** All steps that build the container's file system and enter it. */
export function fileSystemSteps(spec: ContainerSpec, extra: readonly Step[] = []): Step[] {
  const mounts = mountsSteps(spec.mounts);
  return [
    ...rootSteps(spec),
    ...mounts.make,
    ...deviceSteps(spec),
    ...extra,
    ...maskSteps(spec),
    ...readonlySteps(spec),
    ...mounts.finish,
    ...readonlyRootSteps(spec),
    ...pivotSteps(spec),
  ];
}

/** Builds the file system of `config` and runs `script` in it. */
export function runIn(config: FilesConfig, script: string, host = testHost(scratch)): Outcome {
  return runSteps(fileSystemSteps(filesSpec(config, host)), script);
}

/** Runs `steps`, then busybox's shell with `script`. */
export function runSteps(steps: readonly Step[], script: string): Outcome {
  const shell = call("run the script", "execve", ["/bin/busybox", words("sh", "-c", script, 0), words("PATH=/bin", 0)]);
  return runProgram([...steps, shell]);
}

/** Runs `steps` as the first process of new mount and pid namespaces. */
export function runProgram(steps: readonly Step[]): Outcome {
  const program = compile([mapReport(3), ...steps], MACHINE, (text) => new TextEncoder().encode(text));
  const path = join(scratch, uniqueName());
  const page = `${path}-report`;
  writeFileSync(path, program.elf, { mode: 0o755 });
  writeFileSync(page, new Uint8Array(PAGE_SIZE));
  const fd = openSync(page, "r+");
  try {
    const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "unchanged"];
    const { status, stdout, stderr, error } = spawnSync("unshare", [...namespaces, path], {
      stdio: ["ignore", "pipe", "pipe", fd],
      encoding: "utf8",
      timeout: 30_000,
    });
    if (error) throw error;
    const report = decodeReport(readFileSync(page));
    if (report === undefined) return { status, output: stdout + stderr, failure: undefined };
    const step = program.step(report.index);
    const doing = "doing" in step ? step.doing : step.op;
    const name = step.op === "call" ? step.call : step.op;
    return { status, output: stdout + stderr, failure: `${doing}: ${name}: ${errnoName(report.errno)}` };
  } finally {
    closeSync(fd);
    rmSync(path);
    rmSync(page);
  }
}
