/** A machine of its own for an engine: see world.sh. Whatever the engine starts or leaves there ends with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { type Result, run } from "../support/command.ts";
import { cgroupsNamed, pause, until } from "../support/host.ts";
import { scratch, uniqueName } from "../support/scratch.ts";

const SCRIPT = join(import.meta.dirname, "world.sh");

/** Milliseconds for one command of an engine: the machine may be busy. */
const TIME = 120_000;

export class World {
  readonly name = uniqueName();
  /** Where its engine keeps its files; short, since the paths of sockets are. */
  readonly directory = join(scratch, this.name);
  private readonly process: ChildProcess;
  private first = 0;

  constructor() {
    mkdirSync(this.directory, { recursive: true });
    this.process = spawn(SCRIPT, [this.name], { stdio: ["ignore", "pipe", "inherit"] });
  }

  /** Returns when commands can be run in it. */
  async ready(): Promise<this> {
    const { pid, stdout } = this.process;
    if (pid === undefined || stdout === null) throw new Error(`${SCRIPT} can't be started`);
    const [said] = await Promise.race([once(stdout, "data"), once(this.process, "exit")]);
    if (String(said).trim() !== "ready") throw new Error(`${SCRIPT} ended with ${said}`);
    // unshare(1) waits for the world's first process, its only child.
    this.first = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"));
    return this;
  }

  /** Runs bash with `script` in the world. */
  run(script: string, env: Record<string, string> = {}): Promise<Result> {
    const join = 'for file in /sys/fs/cgroup/*/cgroup.procs; do echo $$ > "$file"; done; exec bash -c "$0"';
    const namespaces = ["--mount", "--net", "--ipc", "--uts", "--cgroup", "--pid"];
    return run(["nsenter", "--target", String(this.first), ...namespaces, "bash", "-c", join, script], {
      env: { PATH: "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: this.directory, ...env },
      cwd: "/",
      timeout: TIME,
    });
  }

  /** What runs in it besides its first process and what that waits for, by name. */
  processes(): string[] {
    const inside = readFileSync(`/proc/${this.first}/cgroup`, "utf8");
    return readdirSync("/proc")
      .filter(
        (pid) => /^\d+$/.test(pid) && Number(pid) !== this.first && text(`/proc/${pid}/cgroup`).startsWith(inside),
      )
      .map((pid) => text(`/proc/${pid}/comm`).trim());
  }

  /** Ends everything in it and removes its cgroups and files. */
  async end(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGKILL");
      await ended;
    }
    await until(
      `the cgroups of ${this.name} are gone`,
      async () => {
        for (const path of cgroupsNamed(this.name)) remove(path);
        return cgroupsNamed(this.name).length === 0 || pause(20).then(() => false);
      },
      60,
    );
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function remove(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch {
    // Its last process is still ending.
  }
}

/** A world for the test `t`, which ends with it. */
export async function world(t: Test): Promise<World> {
  const made = new World();
  t.teardown(() => made.end());
  return made.ready();
}
