/** A container of one test: made, asked, and taken away with all it had, however the test ends. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { baseConfig, type Config, merge, writeConfig } from "./bundle.ts";
import { clear, mountsNamed } from "./clear.ts";
import { type Options, type Result, runt } from "./command.ts";
import { cgroupsNamed, pause, processesNamed, read, staying } from "./host.ts";
import { ownRootfs, scratch, uniqueName } from "./scratch.ts";

export class Container {
  /** Its id; its cgroup and its directory have the same name. */
  readonly id = uniqueName();
  readonly directory = join(scratch, this.id);
  readonly bundle: string;
  /** The runtime's --root: no two containers share one, unless a test says so. */
  readonly root: string;
  readonly config: Config;
  private isDiscarded = false;

  /** @param change what differs from the base config; a function gets the container, for its names */
  constructor(change: Config | ((container: Container) => Config) = {}, root?: string) {
    this.root = root ?? join(this.directory, "state");
    this.bundle = join(this.directory, "bundle");
    mkdirSync(this.bundle, { recursive: true });
    this.config = merge(baseConfig(this.id), typeof change === "function" ? change(this) : change);
    writeConfig(this.bundle, this.config);
  }

  /** Runs `runt --root … command args… id`. */
  command(command: string, args: readonly string[] = [], options: Options = {}): Promise<Result> {
    return runt(["--root", this.root, command, ...args, this.id], options);
  }

  /** `create`: the container's output can be read with `stdout` and `stderr`. */
  create(args: readonly string[] = [], options: Options = {}): Promise<Result> {
    return this.command("create", ["--bundle", this.bundle, ...args], { output: this.output, ...options });
  }

  start(options: Options = {}): Promise<Result> {
    return this.command("start", [], options);
  }

  run(args: readonly string[] = [], options: Options = {}): Promise<Result> {
    return this.command("run", ["--bundle", this.bundle, ...args], options);
  }

  /** Another program in the container. */
  exec(command: readonly string[], flags: readonly string[] = [], options: Options = {}): Promise<Result> {
    return runt(["--root", this.root, "exec", ...flags, this.id, ...command], options);
  }

  /** The signal comes after the id. */
  kill(signal: string | undefined, args: readonly string[] = []): Promise<Result> {
    return runt(["--root", this.root, "kill", ...args, this.id, ...(signal === undefined ? [] : [signal])]);
  }

  delete(...args: string[]): Promise<Result> {
    return this.command("delete", args);
  }

  /** What `state` prints. @throws with its error when it fails */
  async state(): Promise<{ status: string; pid: number } & Config> {
    const { code, stdout, stderr } = await this.command("state");
    if (code !== 0) throw new Error(`state: ${stderr}`);
    return JSON.parse(stdout);
  }

  private get output() {
    return { stdout: join(this.directory, "stdout"), stderr: join(this.directory, "stderr") };
  }

  /** What the created container has written so far. */
  get stdout(): string {
    return read(this.output.stdout);
  }

  get stderr(): string {
    return read(this.output.stderr);
  }

  /** A directory beside the bundle, for what is mounted into the container or must not be touched by it. */
  folder(name: string): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** A root file system of its own, in the bundle: the config change that uses it. */
  ownRootfs(): Config {
    ownRootfs(join(this.bundle, "rootfs"));
    return { path: "rootfs", readonly: false };
  }

  get rootfs(): string {
    return join(this.bundle, "rootfs");
  }

  /** Everything of this container that stays on the machine, in words. */
  remains(): Promise<string[]> {
    return staying(() => [
      ...processesNamed(this.id).map((pid) => `process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`),
      ...cgroupsNamed(this.id).map((path) => `cgroup ${path}`),
      ...mountsNamed(this.id).map((target) => `mount on ${target}`),
      ...(existsSync(join(this.root, this.id)) ? [`state in ${join(this.root, this.id)}`] : []),
    ]);
  }

  /** Removes the cgroups of this container that nobody else can any more. */
  async clearCgroups(): Promise<void> {
    for (const cgroup of cgroupsNamed(this.id)) await removeCgroup(cgroup);
  }

  /** Takes away what `delete --force` leaves. @throws naming that: leaving anything is a defect */
  async discard(): Promise<void> {
    if (this.isDiscarded) return;
    this.isDiscarded = true;
    const { code, stderr } = await this.delete("--force");
    const remains = await this.remains();
    if (remains.length > 0) await clear(this.id);
    rmSync(this.directory, { recursive: true, force: true });
    if (code !== 0) throw new Error(`delete --force answers ${code}: ${stderr}`);
    if (remains.length > 0) throw new Error(`delete --force left ${remains.join("; ")}`);
  }
}

async function removeCgroup(path: string): Promise<void> {
  // A cgroup is busy for a moment after its last process was killed.
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return rmdirSync(path);
    } catch {
      await pause(10);
    }
  }
}

/** A container for the test `t`, not yet created. When `t` ends, nothing of it may be left, or `t` fails. */
export function container(t: Test, change?: Config | ((container: Container) => Config), root?: string): Container {
  const made = new Container(change, root);
  t.teardown(() => made.discard());
  return made;
}

/**
 * Runs `script` with sh in a container that differs from the base by `change`.
 * @returns its output without the last newline; the test fails when it exits with anything but 0
 */
export async function inside(t: Test, script: string, change: Config = {}, options: Options = {}): Promise<string> {
  const subject = container(
    t,
    merge(change, { process: merge((change.process ?? {}) as Config, { args: ["sh", "-c", script] }) }),
  );
  const { code, stdout, stderr } = await subject.run([], options);
  if (code !== 0) t.fail(`the container exits with ${code}`, { stderr, stdout });
  return stdout.replace(/\n$/, "");
}

/** What `runt create` says when it refuses the config. The test fails when it does not, or leaves anything behind. */
export async function refused(t: Test, change: Config | ((container: Container) => Config)): Promise<string> {
  const subject = container(t, change);
  const { code, stderr } = await subject.create();
  t.not(code, 0, "create fails");
  t.same(await subject.remains(), [], "nothing is left");
  t.not(stderr.trim(), "", "the error is told");
  return stderr;
}

/** A container for the test `t` that runs until it is killed. */
export async function running(t: Test, change: Config | ((container: Container) => Config) = {}): Promise<Container> {
  const subject = container(t, (own) => {
    const changed = typeof change === "function" ? change(own) : change;
    return merge({ process: { args: ["sleep", "1000"] } }, changed);
  });
  const created = await subject.create();
  const started = created.code === 0 ? await subject.start() : created;
  if (started.code !== 0) throw new Error(started.stderr);
  return subject;
}

/** The entries of a directory, sorted. */
export function list(path: string): string[] {
  return readdirSync(path).sort();
}
