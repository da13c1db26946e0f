/** Programs that run beside the runtime while a test goes on: a console's receiver, a terminal, an attacker. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Test } from "tap";
import { PATH } from "./command.ts";
import { until } from "./host.ts";

export class Background {
  stdout = "";
  stderr = "";
  /** Exit code, 128 and more after a signal; undefined while it runs. */
  code: number | undefined;
  private readonly child: ChildProcess;

  constructor([program, ...args]: readonly string[], cwd?: string) {
    // If this process is killed, so is its company.
    const argv = ["--pdeathsig", "KILL", "--", program as string, ...args];
    this.child = spawn("setpriv", argv, { stdio: "pipe", env: { PATH }, cwd });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.child.once("close", (code) => {
      this.code = code ?? 128;
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Writes to its standard input. */
  type(text: string): void {
    this.child.stdin?.write(text);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for `pattern` in its standard output. @throws after ten seconds, showing what came instead */
  async says(pattern: RegExp): Promise<void> {
    await until(`"${pattern}" comes`, () => pattern.test(this.stdout)).catch((error: Error) => {
      throw new Error(`${error.message}; stdout: ${this.stdout}; stderr: ${this.stderr}`);
    });
  }

  /** Waits for its end. @returns its exit code */
  async ended(): Promise<number> {
    await until("the program ends", () => this.code !== undefined);
    return this.code ?? 0;
  }
}

/** Starts a program that ends with the test `t` at the latest. */
export function background(t: Test, argv: readonly string[], cwd?: string): Background {
  const program = new Background(argv, cwd);
  t.teardown(async () => {
    if (program.code === undefined) program.signal("SIGKILL");
    await program.ended();
  });
  return program;
}

/** The same for a program that says "ready" on stderr once it listens. */
export async function listener(t: Test, argv: readonly string[]): Promise<Background> {
  const program = background(t, argv);
  await until(`${argv.join(" ")} listens`, () => program.stderr.includes("ready"));
  return program;
}
