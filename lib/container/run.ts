/** `run`: create and start in one, then, in the foreground, wait for the end and delete. */
import { forgetInterruptions, releaseInterruptions } from "../process/interruption.ts";
import type { NotifyProxy } from "../process/notify.ts";
import { becomeSubreaper, supervise } from "../process/supervise.ts";
import { lockState, NotFoundError, readRecord, unlock } from "../state/store.ts";
import { bringUp, type Creation } from "./bring-up.ts";
import { consoleSocket, ForegroundConsole } from "./console.ts";
import type { CreateOptions } from "./create-options.ts";
import { destroy } from "./destroy.ts";
import type { LiveRecord } from "./launch-init.ts";
import { awaitReady, notifyProxy, start } from "./start.ts";

export interface RunOptions extends CreateOptions {
  readonly detach: boolean;
  /** Leave the container, stopped, when it has ended. */
  readonly keep: boolean;
  readonly noSubreaper: boolean;
}

/** Runs a container. @returns the exit code of its program, 0 when it is left in the background. Throws RuntimeError. */
export function runContainer(options: RunOptions): number {
  if (options.detach) {
    const creation = bringUp(options, (terminal) => consoleSocket(terminal, options.consoleSocket));
    const proxy = startOrDestroy(options, creation);
    // The container is whole: what ends this command is no reason any more to take it away.
    releaseInterruptions();
    if (proxy !== undefined) awaitReady(proxy, creation.lock, creation.record);
    return 0;
  }
  if (!options.noSubreaper) becomeSubreaper();
  const console = new ForegroundConsole(options.consoleSocket);
  const creation = bringUp(options, (terminal) => console.open(terminal));
  const relay = orDestroy(options, creation, () => console.relay());
  let status: number;
  try {
    const proxy = startOrDestroy(options, creation);
    // Others may do with the container what they like while it runs: kill it, pause it, delete it.
    unlock(creation.lock);
    status = supervise(creation.record.process.pid, creation.signals, relay, proxy);
  } finally {
    relay?.end();
  }
  // Those that came too late for the container are not to end its poststop hooks.
  forgetInterruptions();
  if (!options.keep) destroyEnded(options, creation.record);
  return status;
}

/** Deletes the container that has ended, unless somebody has done so already. */
function destroyEnded({ root, id, warn }: RunOptions, { process }: LiveRecord): void {
  try {
    const lock = lockState(root, id);
    const record = readRecord(root, id);
    // Of another start time it is another container, made since under the same id.
    if (record?.process?.startTime === process.startTime) destroy(root, lock, record, warn);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

function startOrDestroy(options: RunOptions, creation: Creation): NotifyProxy | undefined {
  const { root, warn } = options;
  const { lock, record } = creation;
  return orDestroy(options, creation, () => {
    const proxy = notifyProxy(lock, record, warn);
    start(root, lock, record);
    return proxy;
  });
}

/** Does what is left to do with a created container; when that fails the container goes. */
function orDestroy<T>({ root, warn }: RunOptions, { record, lock }: Creation, action: () => T): T {
  try {
    return action();
  } catch (error) {
    destroy(root, lock, record, warn);
    throw error;
  }
}
