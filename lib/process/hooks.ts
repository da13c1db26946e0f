/** Hooks that run in the runtime's namespaces: children of this command, the state document on their stdin. */
import { during, errnoOf, interruptionOf, RuntimeError } from "../base/errors.ts";
import type { CollectedOutput } from "../init/handles.ts";
import { becomeHook, endInPage, endOfHook, tooLong } from "../init/hooks.ts";
import { HOOK_END_OFFSET, mapReport, PAGE_SIZE } from "../init/page.ts";
import { E } from "../linux/errno.ts";
import { SIGNALS } from "../linux/signals.ts";
import { SIGINFO_SIZE } from "../linux/wait.ts";
import { call, type Step } from "../program/step.ts";
import { ANNOTATIONS } from "../spec/annotations.ts";
import type { HookSpec } from "../spec/container-spec.ts";
import { decode } from "../sys/ffi.ts";
import { close, type Fd, inherit, readAt, stat } from "../sys/file.ts";
import { plainFile, sealedFile, sharedPage } from "../sys/memory.ts";
import { openAppended } from "../sys/new-file.ts";
import { kill, ownPidfd, wait } from "../sys/process.ts";
import { awaitAny } from "./interruption.ts";
import { failureOf, launch } from "./launch.ts";

/** How much of what a hook printed is shown when it fails, in bytes. */
const OUTPUT_SHOWN = 2048;

/** What hooks of the runtime's namespaces find: on stdin, and as their directory. */
export interface HookCircumstances {
  /** The state document, JSON. */
  readonly state: string;
  /** Absolute path. */
  readonly bundle: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Opens the files that annotations name, and the one that collects what is left. @throws RuntimeError */
export function openOutput(annotations: Readonly<Record<string, string>>): CollectedOutput {
  const collected = plainFile("hook-output");
  const file = (name: string): Fd => {
    const path = annotations[name];
    if (!path) return collected;
    return during(`open the file that annotation ${name} names`, () => openAppended(path));
  };
  return { collected, stdout: file(ANNOTATIONS.hooksStdout), stderr: file(ANNOTATIONS.hooksStderr) };
}

/** The descriptors of an output, each once. */
function filesOf({ collected, stdout, stderr }: CollectedOutput): Set<Fd> {
  return new Set([collected, stdout, stderr]);
}

/** A bundle may be gone by the time its container is deleted. */
function enter(bundle: string): Step {
  return call("enter the bundle", "chdir", [bundle], { tolerate: [E.ENOENT] });
}

/**
 * Runs the hooks of one list in order.
 * @param list its name in config.json
 * @throws RuntimeError for the first that can't be run, ends with another code than 0, or takes longer than its timeout
 */
export function runHooks(list: string, hooks: readonly HookSpec[], circumstances: HookCircumstances): void {
  for (const hook of hooks) {
    const output = openOutput(circumstances.annotations);
    try {
      runHook(hook, circumstances, output);
    } catch (error) {
      const doing = `run ${list} hook ${JSON.stringify(hook.path)}`;
      if (interruptionOf(error) !== undefined) throw new RuntimeError(doing, { cause: error });
      const { message, cause } = error as Error;
      const why = `${message}${printed(output.collected)}`;
      throw new RuntimeError(doing, { cause: new RuntimeError(why, { cause }) });
    } finally {
      for (const fd of filesOf(output)) close(fd);
    }
  }
}

/**
 * The failure of a hook that a container's program has run, told as those that this command runs.
 * @param failure of the program's step
 * @param page with the report
 * @param collected what the hook has printed
 */
export function hookFailure(failure: RuntimeError, page: Fd, collected: Fd): RuntimeError {
  // A call that was refused has made the hook end.
  const end = errnoOf(failure) === undefined && endInPage(readAt(page, HOOK_END_OFFSET, SIGINFO_SIZE));
  const why = end ? `: ${end}` : "";
  return new RuntimeError(`${failure.message}${why}${printed(collected)}`, { cause: failure.cause });
}

/** What a hook has printed, its end, as a clause for an error; empty when it has not, or into files of the user's. */
function printed(collected: Fd): string {
  const { size = 0 } = stat("", collected) ?? {};
  const text = decode(readAt(collected, Math.max(0, size - OUTPUT_SHOWN), OUTPUT_SHOWN)).trim();
  return text === "" ? "" : `, and printed ${JSON.stringify(text)}`;
}

function runHook(hook: HookSpec, { state, bundle }: HookCircumstances, output: CollectedOutput): void {
  const document = sealedFile("hook-state", state);
  const page = sharedPage("hook-report", PAGE_SIZE);
  for (const fd of [document, page, ...filesOf(output)]) inherit(fd);
  try {
    const { pid, program } = launch("hook", [
      mapReport(page),
      enter(bundle),
      ...becomeHook("execute it", hook, { ...output, state: document }),
    ]);
    const inTime = waitEnd(pid, hook.timeout);
    const { status = 0, signal = 0 } = wait(pid) ?? {};
    if (!inTime) throw new RuntimeError(tooLong(hook.timeout));
    const failure = failureOf(program, page);
    if (failure !== undefined) throw failure;
    const why = endOfHook(status, signal);
    if (why !== undefined) throw new RuntimeError(why);
  } finally {
    close(document);
    close(page);
  }
}

/** Waits for the end of a hook, which is killed with all that it started when it takes longer than `seconds`. @returns whether it was in time */
function waitEnd(pid: number, seconds: number | undefined): boolean {
  const pidfd = ownPidfd(pid);
  let ended = false;
  try {
    ended = awaitAny([pidfd], seconds && seconds * 1000)(pidfd);
    return ended;
  } finally {
    // Killed as well when this command is interrupted: by its own pid where it has no group yet.
    if (!ended) for (const target of [-pid, pid]) kill(target, SIGNALS.SIGKILL);
    close(pidfd);
  }
}
