/** The runtime's end of the sync socket: it hears from the init program how far the container is. */
import { E } from "../linux/errno.ts";
import { syscall } from "../sys/ffi.ts";
import { type Fd, write } from "../sys/file.ts";

/** The pid that stage 1 tells; undefined when it died before. */
export function receivePid(sync: Fd): number | undefined {
  const bytes = receive(sync, 4);
  return bytes && new Uint32Array(bytes.buffer)[0];
}

/** The next message of the program (one of SYNC); undefined when it has died. */
export function receiveMessage(sync: Fd): string | undefined {
  const bytes = receive(sync, 1);
  return bytes && String.fromCharCode(bytes[0] as number);
}

/** Tells the waiting program to go on. Throws SyscallError. */
export function answer(sync: Fd): void {
  write(sync, "g");
}

function receive(sync: Fd, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = syscall("read", sync, bytes.subarray(done), length - done);
    if (count === -E.EINTR) continue;
    if (count <= 0) return undefined;
    done += count;
  }
  return bytes;
}
