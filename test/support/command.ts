/** The runtime under test, called as an engine calls it: by its command line. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import { PATIENCE } from "./host.ts";
import { scratch } from "./scratch.ts";

/** The file to run; another runtime of the same command line may stand in to check the tests themselves. */
export const RUNT = resolve(process.env.RUNT ?? new URL("../../dist/runt", import.meta.url).pathname);

/** Who makes the cgroups of the containers: the whole suite can be run with systemd, where that is. */
export const MANAGER: string = process.env.RUNT_CGROUP_MANAGER ?? "cgroupfs";

/** How the runtime is called: its file, and the cgroup manager that is asked for. */
export const COMMAND: readonly string[] = [RUNT, ...(MANAGER === "cgroupfs" ? [] : ["--cgroup-manager", MANAGER])];

export interface Result {
  /** Exit code, 128 + n after signal n. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  /** What the command reads; nothing by default. */
  readonly stdin?: string;
  /** The whole environment; a bare PATH by default. */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Descriptors of ours that the command inherits as 3, 4, … */
  readonly descriptors?: readonly number[];
  /** Milliseconds after which the command is killed and the test fails. */
  readonly timeout?: number;
  /** Runs `launcher... RUNT args...`: a terminal, strace, other credentials. */
  readonly launcher?: readonly string[];
  /** Files that get its output: what a container keeps writing to after the command is gone. */
  readonly output?: { readonly stdout: string; readonly stderr: string };
  /** Told the process id as soon as there is one. */
  readonly started?: (pid: number) => void;
}

export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

let serial = 0;

/** Runs the runtime with `args`. @returns what it answered. @throws if it neither ends nor starts */
export function runt(args: readonly string[], options: Options = {}): Promise<Result> {
  return run([...(options.launcher ?? []), ...COMMAND, ...args], options);
}

/**
 * Runs any program the same way. Its output goes to files, not pipes: a container inherits them, and nobody should
 * have to wait for the container to close them.
 */
export function run([program, ...args]: readonly string[], options: Options = {}): Promise<Result> {
  const folder = join(scratch, "output");
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => join(folder, `${process.pid}-${serial}-${name}`);
  serial++;
  const output = options.output ?? { stdout: file("stdout"), stderr: file("stderr") };
  if (options.stdin !== undefined) writeFileSync(file("stdin"), options.stdin);
  const opened = [
    openSync(options.stdin === undefined ? "/dev/null" : file("stdin"), "r"),
    openSync(output.stdout, "a"),
    openSync(output.stderr, "a"),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program as string, args, {
      stdio: [...opened, ...(options.descriptors ?? [])],
      env: options.env ?? { PATH },
      cwd: options.cwd ?? scratch,
    });
    for (const descriptor of opened) closeSync(descriptor);
    let late = false;
    const timeout = setTimeout(
      () => {
        late = true;
        child.kill("SIGKILL");
      },
      (options.timeout ?? 30_000) * PATIENCE,
    );
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(timeout);
      const stderr = readFileSync(output.stderr, "utf8");
      if (late) return reject(new Error(`still running, so killed: ${program} ${args.join(" ")}\n${stderr}`));
      resolve({
        code: code ?? 128 + constants.signals[signal as NodeJS.Signals],
        stdout: readFileSync(output.stdout, "utf8"),
        stderr,
      });
    });
    if (child.pid !== undefined) options.started?.(child.pid);
  });
}
