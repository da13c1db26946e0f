/** The container of one case: made by the runtime's command line, asked from inside, and taken away whatever the runtime did. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Config, MOUNTS, merge, NAMESPACES, writeConfig } from "../../test/support/bundle.ts";
import { clear, mountsNamed } from "../../test/support/clear.ts";
import { type Options, PATH, type Result, run } from "../../test/support/command.ts";
import { cgroupsNamed, pause, processesNamed, until } from "../../test/support/host.ts";
import { scratch, uniqueName } from "../../test/support/scratch.ts";
import { type Answers, type Asks, decode, type End, observer } from "./observer.ts";
import { skip } from "./requirement.ts";
import type { Runtime } from "./runtime.ts";

const FOLDERS = ["dev", "etc", "mnt", "proc", "sys", "tmp"];
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETGID", "SETUID"];
const CAPS = CAPABILITIES.map((name) => `CAP_${name}`);

/** Devices and FIFOs are made by the runtime, and cannot be copied. */
function isPlain(path: string): boolean {
  const found = lstatSync(path);
  return found.isFile() || found.isDirectory() || found.isSymbolicLink();
}

/** Where the observer stands in every root file system. */
export const OBSERVER = "/observer";

export interface State {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: string;
  readonly pid: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export class Subject {
  readonly runtime: Runtime;
  readonly id = uniqueName();
  readonly directory = join(scratch, this.id);
  readonly bundle = join(this.directory, "bundle");
  readonly rootfs = join(this.bundle, "rootfs");
  /** Where the runtime keeps its state: `--root`. */
  readonly root: string;
  /** What the runtime was called with, and what it answered: `delete ID → 1 container is running`. */
  readonly commands: string[] = [];
  private readonly undoing: (() => unknown)[] = [];
  private readonly others: Subject[] = [];

  constructor(runtime: Runtime, root?: string) {
    this.runtime = runtime;
    this.root = root ?? join(this.directory, "state");
    for (const folder of FOLDERS) mkdirSync(join(this.rootfs, folder), { recursive: true });
  }

  /** The configuration that every case's own differs from. */
  base(): Config {
    return {
      ociVersion: "1.0.2",
      process: {
        user: { uid: 0, gid: 0 },
        // The id makes the process known, wherever the runtime puts it.
        args: [OBSERVER, this.id],
        env: [`PATH=${PATH}`],
        cwd: "/",
        capabilities: { bounding: CAPS, effective: CAPS, permitted: CAPS },
      },
      root: { path: "rootfs" },
      mounts: MOUNTS,
      linux: { cgroupsPath: `/${this.id}`, namespaces: NAMESPACES },
    };
  }

  /** Writes the bundle: the base configuration changed by `change`, and an observer that puts `asks`. */
  prepare(change: Config = {}, asks: Asks = {}, end: End = { exit: 0 }): void {
    this.install(OBSERVER, asks, end);
    writeConfig(this.bundle, merge(this.base(), change));
  }

  /** Puts one more observer into the root file system. */
  install(path: string, asks: Asks, end: End = { exit: 0 }): void {
    writeFileSync(join(this.rootfs, path), observer(asks, end), { mode: 0o755 });
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

  /** `exec`, which is no operation of the specification, of a program that `install` has put there. */
  async exec<A extends Asks>(path: string, asks: A): Promise<Answers<A>> {
    const output = { stdout: join(this.directory, "exec-stdout"), stderr: join(this.directory, "exec-stderr") };
    await this.succeed("exec", this.command(["exec", this.id, path], { output }));
    return decode(asks, new Uint8Array(readFileSync(output.stdout)));
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

  /** Runs a container that puts `asks`. @throws when the runtime refuses it */
  async ask<A extends Asks>(asks: A, change: Config = {}): Promise<Answers<A>> {
    this.prepare(change, asks);
    await this.succeed("run", this.run());
    return this.answers(asks);
  }

  /**
   * As `ask`, with a value that is valid and that a runtime MAY not support, config.md § Valid values: if it refuses, the case is
   * not shown.
   */
  async askIfSupported<A extends Asks>(asks: A, change: Config): Promise<Answers<A>> {
    this.prepare(change, asks);
    const { code, stderr } = await this.run();
    if (code !== 0 && (await this.status()) === "gone")
      skip(`the runtime does not support the value: ${stderr.trim()}`);
    return this.answers(asks);
  }

  /** Makes a container that puts `asks`, and then waits. */
  async running<A extends Asks>(asks: A, change: Config = {}): Promise<Answers<A>> {
    await this.created(change, asks);
    await this.succeed("start", this.start());
    return this.told(asks);
  }

  /** What the waiting observer tells, once it has told all. */
  async told<A extends Asks>(asks: A): Promise<Answers<A>> {
    let answers: Answers<A> | undefined;
    const complete = () => {
      try {
        answers = this.answers(asks);
        return true;
      } catch {
        return false;
      }
    };
    await until("the observer has told all", complete).catch(() => this.answers(asks));
    return answers ?? this.answers(asks);
  }

  /** A container that is created, and puts `asks` when it is started. */
  async created(change: Config = {}, asks: Asks = {}, end: End = "wait"): Promise<void> {
    this.prepare(change, asks, end);
    await this.succeed("create", this.create());
  }

  /** What the observer has told so far. @throws when something is missing */
  answers<A extends Asks>(asks: A): Answers<A> {
    return decode(asks, new Uint8Array(existsSync(this.output.stdout) ? readFileSync(this.output.stdout) : []));
  }

  /** Bytes that the container's program has written. */
  get outputSize(): number {
    return existsSync(this.output.stdout) ? statSync(this.output.stdout).size : 0;
  }

  /** Makes the root file system one that the root of a user namespace, `id` on the host, may use. */
  openTo(id: number): void {
    for (let path = this.rootfs; path.length > 4; path = dirname(path)) chmodSync(path, statSync(path).mode | 0o055);
    chownSync(this.rootfs, id, id);
  }

  /**
   * The runtime must refuse to create this, and no container may come of it.
   * @param right what `change` is without what is wrong in it. Who refuses that too, be it for its version, has not looked at the rest.
   */
  async refused(change: Config, right: Config = { ociVersion: change.ociVersion }): Promise<void> {
    await this.notCreated(change);
    if (Object.values(right).some((value) => value !== undefined)) await this.other().created(right);
  }

  /** As `refused`, for whatever reason. */
  async notCreated(change: Config): Promise<void> {
    this.prepare(change, {}, "wait");
    const { code, stderr } = await this.create();
    if (code === 0) throw new Error("create succeeds");
    const status = await this.status();
    if (status !== "gone") throw new Error(`create fails (${stderr.trim()}), and yet there is a container: ${status}`);
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

  /** A second container of the same runtime; by default, in the same place. */
  other(root = this.root): Subject {
    const made = new Subject(this.runtime, root);
    this.others.push(made);
    return made;
  }

  /** A directory beside the bundle. */
  folder(name: string): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Does `undo` when the case has ended, last first. */
  after(undo: () => unknown): void {
    this.undoing.push(undo);
  }

  /** What is there of this container, in words: what was killed just now gets a second to go. */
  async remains(): Promise<string[]> {
    const present = () => [
      ...processesNamed(this.id).map((pid) => `process ${pid}`),
      ...cgroupsNamed(this.id).map((path) => `cgroup ${path}`),
      ...mountsNamed(this.id).map((target) => `mount on ${target}`),
      ...(existsSync(join(this.root, this.id)) ? [`state in ${join(this.root, this.id)}`] : []),
    ];
    for (let attempt = 0; attempt < 100 && present().length > 0; attempt++) await pause(10);
    return present();
  }

  /** Copies the bundle to where it stays: config.json, the root file system, what the container has written. */
  keep(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const name of ["bundle", "stdout", "stderr"]) {
      if (existsSync(join(this.directory, name)))
        cpSync(join(this.directory, name), join(folder, name), { recursive: true, filter: isPlain });
    }
  }

  /** Takes away the container and all else that has its name. */
  async discard(): Promise<void> {
    for (const other of this.others) await other.discard();
    await this.command(["delete", "--force", this.id], { timeout: 10_000 }).catch(() => undefined);
    for (const undo of this.undoing.splice(0).reverse()) await undo();
    await clear(this.id);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get output() {
    return { stdout: join(this.directory, "stdout"), stderr: join(this.directory, "stderr") };
  }
}
