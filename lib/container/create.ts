/** `create`: runtime.md § Create. */
import { during, RuntimeError } from "../base/errors.ts";
import { SOCK } from "../linux/socket.ts";
import type { Fd } from "../sys/file.ts";
import { connect } from "../sys/socket.ts";
import { bringUp, type CreateOptions } from "./bring-up.ts";

/** Creates a container, which then waits for `start`. @throws RuntimeError; nothing is left behind then */
export function createContainer(options: CreateOptions): void {
  bringUp(options, (terminal) => consoleSocket(terminal, options.consoleSocket));
}

/**
 * Connects to the socket that is to receive the terminal of a container in the background.
 * @throws RuntimeError when there is a socket and no terminal, or a terminal and no socket
 */
export function consoleSocket(terminal: boolean, path: string | undefined): Fd | undefined {
  if (terminal && path === undefined) {
    throw new RuntimeError("cannot allocate tty if runt will detach without setting console socket");
  }
  if (path === undefined) return undefined;
  if (!terminal) throw new RuntimeError("cannot use console socket if runt will not detach or allocate tty");
  return during(`connect to the console socket ${JSON.stringify(path)}`, () => connect(path, SOCK.STREAM));
}
