/** `run`: create and start in one, then, in the foreground, wait for the end and delete. */
import { RuntimeError } from "../base/errors.ts";
import { Relay } from "../process/relay.ts";
import { becomeSubreaper, supervise } from "../process/supervise.ts";
import { lockState, NotFoundError, readRecord, unlock } from "../state/store.ts";
import { close, type Fd } from "../sys/file.ts";
import { catchSignals } from "../sys/signals.ts";
import { receiveFd, socketPair } from "../sys/socket.ts";
import { bringUp, type CreateOptions, type Creation } from "./bring-up.ts";
import { consoleSocket } from "./create.ts";
import { destroy } from "./destroy.ts";
import type { LiveRecord } from "./launch-init.ts";
import { start } from "./start.ts";

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
    startOrDestroy(options, creation);
    return 0;
  }
  if (!options.noSubreaper) becomeSubreaper();
  // Before there is a container: a signal that comes from now on is kept for it.
  const signals = catchSignals();
  const console = new ForegroundConsole(options.consoleSocket);
  const creation = bringUp(options, (terminal) => console.open(terminal));
  const relay = console.relay();
  startOrDestroy(options, creation);
  // Others may do with the container what they like while it runs: kill it, pause it, delete it.
  unlock(creation.lock);
  const status = supervise(creation.record.process.pid, signals, relay);
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

function startOrDestroy(options: RunOptions, { record, lock }: Creation): void {
  try {
    start(options.root, lock, record, options.warn);
  } catch (error) {
    destroy(options.root, lock, record, options.warn);
    throw error;
  }
}

/** Where the terminal of a container in the foreground goes: to this command, unless there is a console socket. */
class ForegroundConsole {
  readonly #path: string | undefined;
  #socket: Fd | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** The socket that the container's first process sends the terminal to. */
  open(terminal: boolean): Fd | undefined {
    if (!terminal || this.#path !== undefined) return consoleSocket(terminal, this.#path);
    const [ours, theirs] = socketPair();
    this.#socket = ours;
    return theirs;
  }

  /** Takes the terminal that was sent; undefined when there is none, or it went elsewhere. */
  relay(): Relay | undefined {
    if (this.#socket === undefined) return undefined;
    const master = receiveFd(this.#socket);
    close(this.#socket);
    if (master === undefined) throw new RuntimeError("the container's first process has sent no terminal");
    return new Relay(master);
  }
}
