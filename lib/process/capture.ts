/** A program of the host, run for what it prints. */
import { during, RuntimeError } from "../base/errors.ts";
import { mapReport, PAGE_SIZE } from "../init/page.ts";
import { CLOSE_RANGE } from "../linux/fcntl.ts";
import { call, words } from "../program/step.ts";
import { decode, environ } from "../sys/ffi.ts";
import { close, inherit, readAt, stat } from "../sys/file.ts";
import { plainFile, sharedPage } from "../sys/memory.ts";
import { wait } from "../sys/process.ts";
import { failureOf, launch } from "./launch.ts";

/**
 * Runs a program with the environment and the standard error of this command.
 * @param path absolute
 * @returns what it printed. @throws RuntimeError when it can't be executed, or ends with another code than 0
 */
export function capture(path: string, args: readonly string[]): string {
  const doing = `run ${path}`;
  const output = inherit(plainFile("output"));
  const page = inherit(sharedPage("report", PAGE_SIZE));
  try {
    const { pid, program } = launch("capture", [
      mapReport(page),
      call(doing, "dup3", [output, 1, 0]),
      call(doing, "close_range", [3, 0xffffffff, CLOSE_RANGE.CLOEXEC]),
      call(doing, "execve", [path, words(path, ...args, 0), words(...environ(), 0)]),
    ]);
    const status = wait(pid)?.status;
    const failure = failureOf(program, page);
    if (failure !== undefined) throw failure;
    if (status !== 0) throw new RuntimeError(`${path} ended with code ${status}`);
    return during(doing, () => decode(readAt(output, 0, stat("", output)?.size ?? 0)));
  } finally {
    close(output);
    close(page);
  }
}
