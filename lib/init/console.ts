/** The terminal: its slave becomes the container's stdio, its master goes to whoever holds the console socket. */

import { TIOC } from "../linux/ioctl.ts";
import { SCM, SOL } from "../linux/socket.ts";
import { bytes, call, type Slot, type Step, words } from "../program/step.ts";

/** What goes along with the descriptor; receivers take it for the terminal's name. */
const MESSAGE = "/dev/ptmx";

/** struct cmsghdr with one descriptor, unix(7). */
const CONTROL_SIZE = 24;

/** Sends the master side over `socket`, and closes both. */
export function sendMaster(master: Slot, socket: number): Step[] {
  const control = new DataView(new ArrayBuffer(CONTROL_SIZE));
  control.setUint32(0, 20, true);
  control.setUint32(8, SOL.SOCKET, true);
  control.setUint32(12, SCM.RIGHTS, true);
  const rights = bytes("control", new Uint8Array(control.buffer));
  const message = words(0, 0, words(MESSAGE, MESSAGE.length), 1, rights, CONTROL_SIZE, 0);
  const doing = "send the terminal to the console socket";
  return [
    { op: "store", into: rights, offset: 16, width: 4, value: master },
    call(doing, "sendmsg", [socket, message, 0]),
    call(doing, "close", [socket]),
    call(doing, "close", [master]),
  ];
}

/** Makes the slave side the controlling terminal and stdin, stdout and stderr; needs a session of its own. */
export function attachSlave(slave: Slot): Step[] {
  return [
    call("make the terminal the controlling one", "ioctl", [slave, TIOC.SCTTY, 0]),
    ...[0, 1, 2].map((fd) => call("make the terminal stdin, stdout and stderr", "dup3", [slave, fd, 0])),
    call("close the terminal", "close", [slave]),
  ];
}
