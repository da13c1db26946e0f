/** Hands a process to whoever wants to watch or signal it without trusting its pid: `--pidfd-socket`, run.oci.pidfd_receiver. */
import { during, RuntimeError } from "../base/errors.ts";
import { SOCK } from "../linux/socket.ts";
import { encode } from "../sys/ffi.ts";
import { close } from "../sys/file.ts";
import { pidfdOpen } from "../sys/process.ts";
import { connect, sendFds } from "../sys/socket.ts";

/**
 * Sends the pidfd of a child that has not been waited for to the Unix stream socket at `path`.
 * @throws RuntimeError when nobody listens, or the process is gone
 */
export function sendPidfd(path: string, pid: number): void {
  during(`send the pidfd to ${JSON.stringify(path)}`, () => {
    const pidfd = pidfdOpen(pid);
    if (pidfd === undefined) throw new RuntimeError(`process ${pid} has ended: no such process`);
    try {
      const socket = connect(path, SOCK.STREAM);
      sendFds(socket, encode("pidfd"), [pidfd]);
      close(socket);
    } finally {
      close(pidfd);
    }
  });
}
