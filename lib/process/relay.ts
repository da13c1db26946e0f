/** A container's terminal in the foreground: what is typed goes in, what it prints comes out, until it hangs up. */
import { E } from "../linux/errno.ts";
import { POLL } from "../linux/poll.ts";
import { syscall } from "../sys/ffi.ts";
import { close, type Fd } from "../sys/file.ts";
import { poll } from "../sys/poll.ts";
import { copyWindowSize, rawModes, setNonblocking, setTerminalModes, terminalModes } from "../sys/terminal.ts";

const STDIN = 0;
const STDOUT = 1;

const NOTHING = new Uint8Array(0);

/** Both directions between this command's stdio and the master side of a terminal. */
export class Relay {
  readonly #master: Fd;
  /** The modes to be restored; undefined when stdin is no terminal. */
  readonly #modes: Uint8Array | undefined;
  readonly #block = new Uint8Array(4096);
  /** Typed, but not yet taken by the terminal, whose buffer may be full. */
  #typed: Uint8Array = NOTHING;
  /** Printed, but not yet taken by stdout: whoever reads it may be slow, and signals are not to wait for that. */
  #printed: Uint8Array = NOTHING;
  #inputOpen = true;
  #outputOpen = true;
  #hungUp = false;

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
    const interests: [Fd, number][] = [];
    const full = this.#printed.length > 0;
    const events = (this.#typed.length > 0 ? POLL.OUT : 0) | (this.#outputOpen && !full ? POLL.IN : 0);
    if (events !== 0) interests.push([this.#master, events]);
    if (full) interests.push([STDOUT, POLL.OUT]);
    if (this.#inputOpen && this.#typed.length === 0) interests.push([STDIN, POLL.IN]);
    return interests;
  }

  /** Moves what can be moved without waiting for either side. */
  move(ready: (fd: Fd) => boolean): void {
    if (this.#printed.length > 0) {
      if (ready(STDOUT)) this.#writeOutput();
    } else if (this.#outputOpen && ready(this.#master)) this.#readOutput();
    if (this.#inputOpen && this.#typed.length === 0 && ready(STDIN)) this.#readInput();
    if (this.#typed.length > 0) this.#writeInput();
  }

  /** Gives the terminal back as it was, when the rest of what the container printed has gone out. */
  end(): void {
    try {
      while (this.#printed.length > 0 || (this.#outputOpen && this.#readOutput())) {
        poll([[STDOUT, POLL.OUT]]);
        this.#writeOutput();
      }
    } finally {
      if (this.#modes !== undefined) setTerminalModes(STDIN, this.#modes);
      this.#hangUp();
    }
  }

  /** Answers whether there was something. EIO is how a master learns that no one has the slave open any more. */
  #readOutput(): boolean {
    const count = syscall("read", this.#master, this.#block, this.#block.length);
    if (count > 0) this.#printed = this.#block.subarray(0, count);
    else if (!isForNow(count)) {
      this.#outputOpen = false;
      this.#inputOpen = false;
      this.#typed = NOTHING;
    }
    return count > 0;
  }

  /** Nobody reads what is printed any more: to the container its terminal has gone, as when a window is closed. */
  #writeOutput(): void {
    const count = syscall("write", STDOUT, this.#printed, this.#printed.length);
    if (count > 0) this.#printed = this.#printed.subarray(count);
    else if (!isForNow(count)) this.#hangUp();
  }

  #readInput(): void {
    const bytes = new Uint8Array(1024);
    const count = syscall("read", STDIN, bytes, bytes.length);
    if (count > 0) this.#typed = bytes.subarray(0, count);
    else if (!isForNow(count)) this.#endInput();
  }

  /** A pipe that ends is to the container what Ctrl-D is to a person; a terminal that hangs up sends SIGHUP by itself. */
  #endInput(): void {
    this.#inputOpen = false;
    const END_OF_TRANSMISSION = 4;
    this.#typed = new Uint8Array([END_OF_TRANSMISSION]);
  }

  #writeInput(): void {
    const count = syscall("write", this.#master, this.#typed, this.#typed.length);
    if (count > 0) this.#typed = this.#typed.subarray(count);
    else if (!isForNow(count)) this.#typed = NOTHING;
  }

  /** Whoever has it as the controlling terminal gets SIGHUP. */
  #hangUp(): void {
    this.#inputOpen = false;
    this.#outputOpen = false;
    this.#typed = NOTHING;
    this.#printed = NOTHING;
    if (!this.#hungUp) close(this.#master);
    this.#hungUp = true;
  }
}

/** The call can be tried again later. */
function isForNow(result: number): boolean {
  return result === -E.EAGAIN || result === -E.EINTR;
}
