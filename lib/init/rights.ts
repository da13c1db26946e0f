/** Descriptors that travel over Unix sockets: the control message of unix(7). */
import { CMSGHDR_SIZE, MSG, SCM, SOL } from "../linux/socket.ts";
import { type Argument, type Buffer, bytes, call, type Slot, type Step, type Words, words } from "../program/step.ts";

/** struct cmsghdr with one descriptor, padded to 8 bytes. */
const CONTROL_SIZE = CMSGHDR_SIZE + 8;

/** Sends `fd` over `socket` along with a text, and closes both. */
export function sendDescriptor(doing: string, fd: Slot, socket: number, text: string): Step[] {
  return [...sendWith(doing, fd, socket, words(text, text.length)), call(doing, "close", [fd])];
}

/** Sends `fd` over `socket` with the data of `iov`, a struct iovec; closes the socket. */
export function sendWith(doing: string, fd: Slot, socket: Argument, iov: Words | Buffer): Step[] {
  const control = new DataView(new ArrayBuffer(CONTROL_SIZE));
  control.setUint32(0, CMSGHDR_SIZE + 4, true);
  control.setUint32(8, SOL.SOCKET, true);
  control.setUint32(12, SCM.RIGHTS, true);
  const rights = bytes("control", new Uint8Array(control.buffer));
  return [
    { op: "store", into: rights, offset: CMSGHDR_SIZE, width: 4, value: fd },
    // A receiver that has gone is an errno, and no signal.
    call(doing, "sendmsg", [socket, words(0, 0, iov, 1, rights, CONTROL_SIZE, 0), MSG.NOSIGNAL]),
    call(doing, "close", [socket]),
  ];
}
