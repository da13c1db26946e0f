/** The container of one case: configured, asked from inside, and taken away whatever the runtime did. */
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
import { clear } from "../../test/support/clear.ts";
import { PATH } from "../../test/support/command.ts";
import { until } from "../../test/support/host.ts";
import { Container } from "./container.ts";
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

export class Subject extends Container {
  private readonly undoing: (() => unknown)[] = [];
  private readonly others: Subject[] = [];

  constructor(runtime: Runtime, root?: string) {
    super(runtime, root);
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

  /** `exec`, which is no operation of the specification, of a program that `install` has put there. */
  async exec<A extends Asks>(path: string, asks: A): Promise<Answers<A>> {
    const output = { stdout: join(this.directory, "exec-stdout"), stderr: join(this.directory, "exec-stderr") };
    await this.succeed("exec", this.command(["exec", this.id, path], { output }));
    return decode(asks, new Uint8Array(readFileSync(output.stdout)));
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
    const complete = () => {
      try {
        this.answers(asks);
        return true;
      } catch {
        return false;
      }
    };
    // Where it never does, the answers say what is missing.
    await until("the observer has told all", complete).catch(() => undefined);
    return this.answers(asks);
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

  /** A second container of the same runtime; by default, in the same place. */
  other(root = this.root): Subject {
    const made = new Subject(this.runtime, root);
    this.others.push(made);
    return made;
  }

  /** Does `undo` when the case has ended, last first. */
  after(undo: () => unknown): void {
    this.undoing.push(undo);
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
}
