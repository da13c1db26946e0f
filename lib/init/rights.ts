/** Descriptors that travel over Unix sockets: the control message of unix(7). */
import { CMSGHDR_SIZE, MSG, SCM, SOL } from "../linux/socket.ts";
import { bytes, call, type Slot, type Step, words } from "../program/step.ts";

/** struct cmsghdr with one descriptor. */
const CONTROL_SIZE = 24;

/** Sends `fd` over `socket` along with a text, and closes both. */
export function sendDescriptor(doing: string, fd: Slot, socket: number, text: string): Step[] {
  const control = new DataView(new ArrayBuffer(CONTROL_SIZE));
  control.setUint32(0, CMSGHDR_SIZE + 4, true);
  control.setUint32(8, SOL.SOCKET, true);
  control.setUint32(12, SCM.RIGHTS, true);
  const rights = bytes("control", new Uint8Array(control.buffer));
  const message = words(0, 0, words(text, text.length), 1, rights, CONTROL_SIZE, 0);
  return [
    { op: "store", into: rights, offset: CMSGHDR_SIZE, width: 4, value: fd },
    // A receiver that has gone is an errno, and no signal.
    call(doing, "sendmsg", [socket, message, MSG.NOSIGNAL]),
    call(doing, "close", [socket]),
    call(doing, "close", [fd]),
  ];
}
