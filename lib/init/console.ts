/** The terminal: its slave becomes the container's stdio, its master goes to whoever holds the console socket. */

import { TIOC } from "../linux/ioctl.ts";
import { call, type Slot, type Step } from "../program/step.ts";
import { sendDescriptor } from "./rights.ts";

/** What goes along with the descriptor; receivers take it for the terminal's name. */
const MESSAGE = "/dev/ptmx";

/** Sends the master side over `socket`, and closes both. */
export function sendMaster(master: Slot, socket: number): Step[] {
  return sendDescriptor("send the terminal to the console socket", master, socket, MESSAGE);
}

/** Makes the slave side the controlling terminal and stdin, stdout and stderr; needs a session of its own. */
export function attachSlave(slave: Slot): Step[] {
  return [
    call("make the terminal the controlling one", "ioctl", [slave, TIOC.SCTTY, 0]),
    ...[0, 1, 2].map((fd) => call("make the terminal stdin, stdout and stderr", "dup3", [slave, fd, 0])),
    call("close the terminal", "close", [slave]),
  ];
}
