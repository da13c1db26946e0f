/** The runtime's end of the sync socket: it hears from the init program how far the container is. */
import { E } from "../linux/errno.ts";
import { syscall } from "../sys/ffi.ts";
import { type Fd, write } from "../sys/file.ts";

/** The next message of the program (one of SYNC); undefined when it has died. */
export function receiveMessage(sync: Fd): string | undefined {
  const byte = new Uint8Array(1);
  let count = syscall("read", sync, byte, 1);
  while (count === -E.EINTR) count = syscall("read", sync, byte, 1);
  return count === 1 ? String.fromCharCode(byte[0] as number) : undefined;
}

/** Tells the waiting program to go on. Throws SyscallError. */
export function answer(sync: Fd): void {
  write(sync, "g");
}
