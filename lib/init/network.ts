/** A new network namespace has a loopback interface that is down; every runtime brings it up. */

import { SIOC } from "../linux/ioctl.ts";
import { CLONE } from "../linux/sched.ts";
import { AF, SOCK } from "../linux/socket.ts";
import { call, type Step, slot } from "../program/step.ts";
import type { NamespacesSpec } from "../spec/container-spec.ts";

const IFF_UP = 0x1;

/** netdevice(7): SIOCSIFFLAGS on `lo`, if the namespace is a new one. */
export function raiseLoopback({ create }: NamespacesSpec): Step[] {
  if ((create & CLONE.NEWNET) === 0) return [];
  const socket = slot("socket");
  // struct ifreq: name 16, flags 2, to 40 bytes in all.
  const request = new Uint8Array(40);
  request.set([0x6c, 0x6f]);
  request[16] = IFF_UP;
  const doing = "bring up the loopback interface";
  return [
    call(doing, "socket", [AF.INET, SOCK.DGRAM | SOCK.CLOEXEC, 0], { result: socket }),
    call(doing, "ioctl", [socket, SIOC.SIFFLAGS, request]),
    call(doing, "close", [socket]),
  ];
}
