/** The runtime's end of the sync socket: it hears from the init program how far the container is. */
import { E } from "../linux/errno.ts";
import { must, syscall } from "../sys/ffi.ts";
import { type Fd, write } from "../sys/file.ts";

/** The next message of the program (one of SYNC); undefined when it has died. Throws SyscallError. */
export function receiveMessage(sync: Fd): string | undefined {
  const byte = new Uint8Array(1);
  // A program that dies with something unread resets the connection.
  const count = syscall("read", sync, byte, 1);
  if (count === -E.EINTR) return receiveMessage(sync);
  if (count === 0 || count === -E.ECONNRESET) return undefined;
  if (count < 0) must("read", sync, byte, 1);
  return String.fromCharCode(byte[0] as number);
}

/** Tells the waiting program to go on. Throws SyscallError. */
export function answer(sync: Fd): void {
  write(sync, "g");
}
