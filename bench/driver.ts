/** The measuring driver, compiled and called: driver.c says what it does. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Operation, parseResults, type Samples } from "./plan.ts";

/**
 * Compiles a program of this folder. It is static: what the dynamic linker maps would count in the peaks of small
 * commands. @throws Error with what gcc says
 */
export function compile(name: string, product: string): void {
  const source = new URL(`${name}.c`, import.meta.url).pathname;
  execFileSync("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", product, source]);
}

export class Driver {
  readonly #directory: string;
  readonly #hidden: readonly string[];

  /**
   * Compiles the driver.
   * @param directory for it and its files
   * @param hidden a directory that the commands shall not see, if there is one
   */
  constructor(directory: string, hidden: string | null) {
    this.#directory = directory;
    this.#hidden = hidden === null ? [] : [hidden];
    compile("driver", this.#file("driver"));
  }

  /**
   * Carries out a plan. When `signal` aborts, it ends with the operation under way.
   * @throws Error with what the command that failed said; the signal's reason
   */
  async execute(plan: readonly Operation[], signal?: AbortSignal): Promise<Samples> {
    signal?.throwIfAborted();
    const [script, results, log] = [this.#file("plan"), this.#file("results"), this.#file("log")];
    writeFileSync(script, plan.map((operation) => `${operation.join("\t")}\n`).join(""));
    const output = openSync(log, "w");
    // Of its own session, so that Ctrl-C interrupts no runtime at work.
    const child = spawn(this.#file("driver"), [script, results, ...this.#hidden], {
      stdio: ["ignore", "ignore", output],
      detached: true,
    });
    closeSync(output);
    const stop = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", stop);
    const outcome = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, killer) => resolve(code ?? killer));
    });
    signal?.removeEventListener("abort", stop);
    signal?.throwIfAborted();
    if (outcome !== 0) throw new Error(`a command that is measured failed:\n${readFileSync(log, "utf8").trimEnd()}`);
    return parseResults(readFileSync(results, "utf8"));
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }
}

/** A signal that aborts when the user or the system wants this process to end. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => controller.abort(new Error(`stopped by ${name}`)));
  }
  return controller.signal;
}
