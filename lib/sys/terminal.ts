/** Terminals, ioctl_tty(2): modes and window size. */
import { F, O } from "../linux/fcntl.ts";
import { TC, TIOC } from "../linux/ioctl.ts";
import { CC, CFLAG, IFLAG, LFLAG, OFLAG, TERMIOS_SIZE } from "../linux/termios.ts";
import { must, syscall } from "./ffi.ts";
import type { Fd } from "./file.ts";

/** A terminal's struct termios; undefined when `fd` is no terminal. */
export function terminalModes(fd: Fd): Uint8Array | undefined {
  const modes = new Uint8Array(TERMIOS_SIZE);
  return syscall("ioctl", fd, TC.GETS, modes) === 0 ? modes : undefined;
}

/** Sets a terminal's modes, once what is being written has gone out; a terminal that has hung up is past caring. */
export function setTerminalModes(fd: Fd, modes: Uint8Array): void {
  syscall("ioctl", fd, TC.SETSW, modes);
}

/** `modes` with every key passed on as it is typed, as cfmakeraw(3) does. */
export function rawModes(modes: Uint8Array): Uint8Array {
  const raw = modes.slice();
  const flags = new Uint32Array(raw.buffer, 0, 4);
  const clear = (index: number, bits: number): void => {
    flags[index] = (flags[index] as number) & ~bits;
  };
  const { IGNBRK, BRKINT, PARMRK, ISTRIP, INLCR, IGNCR, ICRNL, IXON } = IFLAG;
  clear(0, IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  clear(1, OFLAG.OPOST);
  clear(2, CFLAG.CSIZE | CFLAG.PARENB);
  clear(3, LFLAG.ECHO | LFLAG.ECHONL | LFLAG.ICANON | LFLAG.ISIG | LFLAG.IEXTEN);
  flags[2] = (flags[2] as number) | CFLAG.CS8;
  // c_cc begins behind four words and c_line.
  raw[17 + CC.VMIN] = 1;
  raw[17 + CC.VTIME] = 0;
  return raw;
}

/** Gives terminal `to` the window size of terminal `from`; nothing happens when either is none, or `from` has no size. */
export function copyWindowSize(from: Fd, to: Fd): void {
  const size = new Uint8Array(8);
  if (syscall("ioctl", from, TIOC.GWINSZ, size) !== 0 || size.every((byte) => byte === 0)) return;
  syscall("ioctl", to, TIOC.SWINSZ, size);
}

/** Reads and writes of `fd` answer EAGAIN instead of waiting. Throws SyscallError. */
export function setNonblocking(fd: Fd): void {
  must("fcntl", fd, F.SETFL, must("fcntl", fd, F.GETFL, 0) | O.NONBLOCK);
}
