/** A container as a runtime's command line makes, shows and ends it. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { mountsNamed } from "../../test/support/clear.ts";
import { type Options, type Result, run } from "../../test/support/command.ts";
import { cgroupsNamed, processesNamed, staying, until } from "../../test/support/host.ts";
import { scratch, uniqueName } from "../../test/support/scratch.ts";
import type { Runtime } from "./runtime.ts";

export interface State {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: string;
  readonly pid: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export class Container {
  readonly runtime: Runtime;
  readonly id = uniqueName();
  readonly directory = join(scratch, this.id);
  readonly bundle = join(this.directory, "bundle");
  readonly rootfs = join(this.bundle, "rootfs");
  /** Where the runtime keeps its state: `--root`. */
  readonly root: string;
  /** What the runtime was called with, and what it answered: `delete ID → 1 container is running`. */
  readonly commands: string[] = [];

  constructor(runtime: Runtime, root?: string) {
    this.runtime = runtime;
    this.root = root ?? join(this.directory, "state");
  }

  /** Runs the runtime with `args`, whatever they are. */
  async command(args: readonly string[], options: Options = {}): Promise<Result> {
    const result = await run([...(options.launcher ?? []), this.runtime.path, "--root", this.root, ...args], options);
    this.commands.push(`${args.join(" ")} → ${result.code} ${result.stderr.trim()}`.trim());
    return result;
  }

  /** `create`; the container's output is kept. */
  create(...flags: string[]): Promise<Result> {
    return this.command(["create", "--bundle", this.bundle, ...flags, this.id], { output: this.output });
  }

  start(): Promise<Result> {
    return this.command(["start", this.id]);
  }

  kill(signal: string): Promise<Result> {
    return this.command(["kill", this.id, signal]);
  }

  delete(...flags: string[]): Promise<Result> {
    return this.command(["delete", ...flags, this.id]);
  }

  /** Kills the container, and waits until it is stopped. */
  async stop(): Promise<void> {
    await this.succeed("kill", this.kill("KILL"));
    await this.becomes("stopped");
  }

  /** Whether the runtime has a command of this name beside those of the specification. */
  async has(command: string): Promise<boolean> {
    return (await this.command([command, "--help"])).code === 0;
  }

  /** `run`, from create to delete. @param launcher a program that executes it: `launcher… runtime run …` */
  run(launcher: readonly string[] = []): Promise<Result> {
    return this.command(["run", "--bundle", this.bundle, this.id], { output: this.output, launcher });
  }

  /** What `state` prints. @throws when it fails */
  async state(): Promise<State> {
    const { stdout } = await this.succeed("state", this.command(["state", this.id]));
    return JSON.parse(stdout);
  }

  /** The status, or "gone" when the runtime knows of no such container. */
  async status(): Promise<string> {
    const { code, stdout } = await this.command(["state", this.id]);
    return code === 0 ? (JSON.parse(stdout) as State).status : "gone";
  }

  /** Waits until `state` tells `status`. */
  async becomes(status: string): Promise<void> {
    await until(`the container is ${status}`, async () => (await this.status()) === status);
  }

  /** The result of a command that must succeed. */
  async succeed(what: string, command: Promise<Result>): Promise<Result> {
    const result = await command;
    if (result.code !== 0) throw new Error(`${what} fails with ${result.code}: ${result.stderr.trim()}`);
    return result;
  }

  /** The command must fail. */
  async fail(what: string, command: Promise<Result>): Promise<Result> {
    const result = await command;
    if (result.code === 0) throw new Error(`${what} succeeds`);
    return result;
  }

  /** Bytes that the container's program has written. */
  get outputSize(): number {
    return existsSync(this.output.stdout) ? statSync(this.output.stdout).size : 0;
  }

  /** What is there of this container, in words. */
  remains(): Promise<string[]> {
    return staying(() => [
      ...processesNamed(this.id).map((pid) => `process ${pid}`),
      ...cgroupsNamed(this.id).map((path) => `cgroup ${path}`),
      ...mountsNamed(this.id).map((target) => `mount on ${target}`),
      ...(existsSync(join(this.root, this.id)) ? [`state in ${join(this.root, this.id)}`] : []),
    ]);
  }

  /** A directory beside the bundle. */
  folder(name: string): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Files of the container's own output. */
  protected get output() {
    return { stdout: join(this.directory, "stdout"), stderr: join(this.directory, "stderr") };
  }
}
