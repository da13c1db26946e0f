/** The runtime's end of the sync socket: it hears from the init program how far the container is. */
import { E } from "../linux/errno.ts";
import { MSG } from "../linux/socket.ts";
import { tolerating } from "../sys/ffi.ts";
import type { Fd } from "../sys/file.ts";
import { awaitAny } from "./interruption.ts";

/**
 * The next message of the program (one of SYNC); undefined when it has died.
 * @param program its pidfd: its end is noticed even while somebody else holds the other end of the socket
 * @throws SyscallError, InterruptedError
 */
export function receiveMessage(sync: Fd, program: Fd): string | undefined {
  // What it had to say before it ended comes first.
  if (!awaitAny([sync, program])(sync)) return undefined;
  const byte = new Uint8Array(1);
  // A program that dies with something unread resets the connection.
  const count = tolerating([E.ECONNRESET], "read", sync, byte, 1);
  return count <= 0 ? undefined : String.fromCharCode(byte[0] as number);
}

/**
 * Tells the waiting program to go on.
 * @param message what it waits for
 * @returns whether it was there to hear it. Throws SyscallError
 */
export function answer(sync: Fd, message: Uint8Array = new Uint8Array(1)): boolean {
  return tolerating([E.EPIPE, E.ECONNRESET], "sendto", sync, message, message.length, MSG.NOSIGNAL, null, 0) > 0;
}
