/** A container's terminal in the foreground: what is typed goes in, what it prints comes out, until it hangs up. */
import { E } from "../linux/errno.ts";
import { POLL } from "../linux/poll.ts";
import { syscall } from "../sys/ffi.ts";
import { close, type Fd, write } from "../sys/file.ts";
import { copyWindowSize, rawModes, setNonblocking, setTerminalModes, terminalModes } from "../sys/terminal.ts";

const STDIN = 0;
const STDOUT = 1;

/** Both directions between this command's stdio and the master side of a terminal. */
export class Relay {
  readonly #master: Fd;
  /** The modes to be restored; undefined when stdin is no terminal. */
  readonly #modes: Uint8Array | undefined;
  readonly #block = new Uint8Array(4096);
  /** Typed, but not yet taken by the terminal, whose buffer may be full. */
  #pending: Uint8Array = new Uint8Array(0);
  #inputOpen = true;
  #outputOpen = true;

  /** Takes over the terminal of stdin, if it is one. Throws SyscallError. */
  constructor(master: Fd) {
    this.#master = master;
    setNonblocking(master);
    this.#modes = terminalModes(STDIN);
    if (this.#modes !== undefined) setTerminalModes(STDIN, rawModes(this.#modes));
    this.resize();
  }

  /** Gives the container's terminal the size of this command's. */
  resize(): void {
    copyWindowSize(STDIN, this.#master);
  }

  /** What to wait for: descriptor and POLL events, pairwise, for ppoll(2). */
  interests(): [Fd, number][] {
    const waiting = this.#pending.length > 0;
    const interests: [Fd, number][] = [];
    if (this.#outputOpen) interests.push([this.#master, POLL.IN | (waiting ? POLL.OUT : 0)]);
    if (this.#inputOpen && !waiting) interests.push([STDIN, POLL.IN]);
    return interests;
  }

  /** Moves what can be moved without waiting for either side. Throws SyscallError when stdout can't be written. */
  move(ready: (fd: Fd) => boolean): void {
    if (ready(this.#master)) this.#moveOut();
    if (this.#inputOpen && this.#pending.length === 0 && ready(STDIN)) this.#readInput();
    if (this.#pending.length > 0) this.#writeInput();
  }

  /** Moves the rest of what the container printed, and gives the terminal back as it was. */
  end(): void {
    try {
      while (this.#outputOpen && this.#moveOut());
    } finally {
      if (this.#modes !== undefined) setTerminalModes(STDIN, this.#modes);
      close(this.#master);
    }
  }

  /** EIO is how a master learns that no one has the slave open any more. */
  #moveOut(): boolean {
    const count = syscall("read", this.#master, this.#block, this.#block.length);
    if (count > 0) write(STDOUT, this.#block.subarray(0, count));
    else if (count !== -E.EAGAIN && count !== -E.EINTR) this.#outputOpen = false;
    return count > 0;
  }

  #readInput(): void {
    const bytes = new Uint8Array(1024);
    const count = syscall("read", STDIN, bytes, bytes.length);
    if (count > 0) this.#pending = bytes.subarray(0, count);
    else if (count !== -E.EAGAIN && count !== -E.EINTR) this.#endInput();
  }

  /** A pipe that ends is to the container what Ctrl-D is to a person; a terminal that hangs up sends SIGHUP by itself. */
  #endInput(): void {
    this.#inputOpen = false;
    const END_OF_TRANSMISSION = 4;
    this.#pending = new Uint8Array([END_OF_TRANSMISSION]);
  }

  #writeInput(): void {
    const count = syscall("write", this.#master, this.#pending, this.#pending.length);
    if (count > 0) this.#pending = this.#pending.subarray(count);
    else if (count !== -E.EAGAIN && count !== -E.EINTR) this.#pending = new Uint8Array(0);
  }
}
