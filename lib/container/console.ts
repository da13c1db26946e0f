/** Where the terminal of a container, or of a program in one, goes: to a console socket, or to this command. */
import { during, RuntimeError } from "../base/errors.ts";
import { SOCK } from "../linux/socket.ts";
import { Relay } from "../process/relay.ts";
import { close, type Fd } from "../sys/file.ts";
import { connect, receiveFd, socketPair } from "../sys/socket.ts";

/**
 * Connects to the socket that is to receive the terminal of what runs in the background.
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

/** The terminal of what runs in the foreground: this command's own, unless there is a console socket. */
export class ForegroundConsole {
  readonly #path: string | undefined;
  #socket: Fd | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** The socket that the terminal is sent to. Throws RuntimeError. */
  open(terminal: boolean): Fd | undefined {
    if (!terminal || this.#path !== undefined) return consoleSocket(terminal, this.#path);
    const [ours, theirs] = socketPair();
    this.#socket = ours;
    return theirs;
  }

  /** Takes the terminal that was sent; undefined when there is none, or it went elsewhere. Throws RuntimeError. */
  relay(): Relay | undefined {
    if (this.#socket === undefined) return undefined;
    const master = receiveFd(this.#socket);
    close(this.#socket);
    if (master === undefined) throw new RuntimeError("the container's process has sent no terminal");
    return new Relay(master);
  }
}
